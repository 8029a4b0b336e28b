namespace TorchLoss;

/// <summary>Any loss of what a mask leaves: prediction and target are multiplied by the mask first.</summary>
/// <remarks>
/// <c>ℓ(m · input, m · target)</c>, in the units of the loss. What is masked is 0 on both sides and costs nothing where the loss of
/// (0, 0) is 0; it still counts in the divisor of a mean. So give it probabilities, not logits: a logit of 0 is a probability of
/// ½. Losses with a <c>mask</c> or <c>sample_weight</c> of their own leave positions out altogether, and are better served by it.
/// Labels are masked as well: they become class 0.
/// </remarks>
[Loss(Family.Compose, Formula = @"\ell(m \cdot x,\; m \cdot t)", Source = "MONAI MaskedLoss 2020")]
public sealed partial class MaskedLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C *", Role.Prediction), new("target", "N C *", Role.Target), new("mask", "N 1 *", Role.Mask)];

    /// <param name="input">The predictions, (N, C, *).</param>
    /// <param name="target">The targets, (N, C, *), or labels (N, *).</param>
    /// <param name="mask">What counts: 1 (or true) and 0, or weights; (N, 1, *) or (N, C, *), or 1 for N.</param>
    /// <param name="loss">The loss: any module of prediction and target.</param>
    static Tensor Compute(Tensor input, Tensor target, Tensor mask, nn.Module<Tensor, Tensor, Tensor> loss)
    {
        Check(input, target, mask, loss);
        var ofTarget = target.dim() < mask.dim() ? mask.squeeze(1) : mask;
        return loss.call(input * mask.to(input.dtype), target * ofTarget.to(target.dtype));
    }

    partial void Created() => ArgumentNullException.ThrowIfNull(loss);

    static void Check(Tensor input, Tensor target, Tensor mask, nn.Module<Tensor, Tensor, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        InputCheck.SameDevice(mask, input, nameof(MaskedLoss));
        var isLabels = target.dim() == input.dim() - 1;
        if (input.dim() < 2 || mask.dim() != input.dim() || isLabels && mask.shape[1] != 1)
        {
            throw new ArgumentException(
                $"{nameof(MaskedLoss)}: input (N, C, *) needs a mask (N, 1, *) (or (N, C, *) without labels), "
                    + $"got {input.Shape}, target {target.Shape} and mask {mask.Shape}.",
                nameof(mask)
            );
        }

        InputCheck.BroadcastsTo(mask, input, nameof(MaskedLoss));
        if (!isLabels)
        {
            InputCheck.SameShape(target, input, nameof(MaskedLoss));
            return;
        }

        var space = input.select(1, 0);
        InputCheck.SameShape(target, space, nameof(MaskedLoss), expectedName: "input without its channels");
    }
}
