namespace TorchLoss.Benchmarks;

/// <summary>The same losses as a user writes them in TorchSharp's operators.</summary>
static class ByHand
{
    public static Tensor Focal(Tensor input, Tensor target, double alpha = 0.25, double gamma = 2)
    {
        using var scope = NewDisposeScope();
        var p = input.sigmoid();
        var entropy = nn.functional.binary_cross_entropy_with_logits(input, target, reduction: Reduction.None);
        var p_t = p * target + (1 - p) * (1 - target);
        var weight = alpha * target + (1 - alpha) * (1 - target);
        return (weight * entropy * (1 - p_t).pow(gamma)).mean().MoveToOuterDisposeScope();
    }

    public static Tensor LogCosh(Tensor input, Tensor target)
    {
        using var scope = NewDisposeScope();
        var error = input - target;
        return (error + nn.functional.softplus(-2 * error) - Math.Log(2)).mean().MoveToOuterDisposeScope();
    }

    public static Tensor SoftmaxFocal(Tensor input, Tensor target, double gamma = 2)
    {
        using var scope = NewDisposeScope();
        var log_p = nn.functional.log_softmax(input, 1).gather(1, target.unsqueeze(1)).squeeze(1);
        return (-(1 - log_p.exp()).pow(gamma) * log_p).mean().MoveToOuterDisposeScope();
    }
}
