namespace TorchLoss;

/// <summary>The right class's share of the focal losses of all classes, which three losses have in common.</summary>
static class NormalizedFocal
{
    /// <summary>Of logits (N, C, *) and class indices (N, 1, *): the share (N, *), and the missing probability 1 − p_y.</summary>
    /// <remarks>
    /// The focal factors (1 − p)^γ are constants for the gradient, as in the authors' code. With a single class the share is 0.
    /// </remarks>
    public static (Tensor Share, Tensor Miss) Of(Tensor logits, Tensor index, double gamma)
    {
        var log_p = log_softmax(logits, 1);
        var miss = -log_p.expm1();
        var focal = (gamma == 0 ? ones_like(miss) : miss.SafePow(gamma)).detach() * log_p;
        return (focal.gather(1, index).squeeze(1).SafeDivide(focal.sum(1)), miss.gather(1, index).squeeze(1));
    }
}
