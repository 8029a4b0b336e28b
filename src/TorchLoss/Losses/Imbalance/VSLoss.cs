namespace TorchLoss;

/// <summary>Vector-scaling loss: logits of rare classes are shrunk and shifted, so that they win a larger margin even after long training.</summary>
/// <remarks>
/// Cross entropy (nats) of <c>(n / n_max)^γ · input + τ log π</c>, n being the samples of a class in the training data and π their share: γ acts
/// late in training, τ early; γ = 0 is the logit-adjusted loss. The adjustment belongs to training only: predict from the bare
/// logits. With <c>weight</c> the mean divides by the summed weights of the targets, as in PyTorch's cross entropy.
/// </remarks>
[Loss(
    Family.Imbalance,
    Formula = @"-\log \frac{e^{\Delta_y x_y + \iota_y}}{\sum_c e^{\Delta_c x_c + \iota_c}}, \quad \Delta_c = \Big(\frac{n_c}{n_{\max}}\Big)^{\gamma}, \; \iota_c = \tau \log \pi_c",
    Source = "Kini, Paraskevas, Oymak and Thrampoulidis 2021, Label-Imbalanced and Group-Sensitive Classification under Overparameterization, arXiv:2103.01550",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class VSLoss : AdjustedSoftmaxLoss
{
    /// <param name="cls_num_list">Samples of each class in the training data.</param>
    /// <param name="gamma">Strength γ of the scaling: 0 scales nothing.</param>
    /// <param name="tau">Strength τ of the shift: 0 shifts nothing.</param>
    /// <param name="weight">Weight of each class, shape (C); null weighs all the same.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="sample_weight">Weight of each position, broadcast to (N, *); a bool mask counts as 0 and 1.</param>
    /// <param name="reduction">
    /// None keeps the positions' losses, Sum adds them up, Mean divides by the weights of what counts (0 if nothing does).
    /// </param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [ClassCounts] Tensor cls_num_list,
        [AtLeast(0)] double gamma = 0.3,
        [Finite] double tau = 1.0,
        Tensor? weight = null,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Evaluate(
            nameof(VSLoss),
            input,
            target,
            cls_num_list,
            new SoftmaxWeights(weight, sample_weight, ignore_index, MeanByClassWeight: true),
            reduction,
            share => ((share / share.max()).pow(gamma), share.log() * tau)
        );
}
