namespace TorchLoss;

/// <summary>Channel-wise distillation: each channel of the student lights up where the teacher's does.</summary>
/// <remarks>
/// <c>ℓ = w τ² · KL(softmax(teacher / τ) ‖ softmax(student / τ))</c> (nats) of the softmax over the H·W places of each channel, averaged over the N·C
/// channels. Shapes: both (N, C, H, W). The gradient reaches the teacher too if it asks for one.
/// </remarks>
[Loss(
    Family.Distillation,
    Formula = @"\frac{w \tau^2}{N C} \sum_{n,c} \mathrm{KL}\big(\mathrm{softmax}_{hw}(f^t / \tau) \Vert \mathrm{softmax}_{hw}(f^s / \tau)\big)",
    Source = "Shu, Liu, Gao, Yan and Shen 2021, Channel-wise Knowledge Distillation for Dense Prediction, arXiv:2011.13256",
    Aliases = "CWDLoss"
)]
public sealed partial class ChannelWiseDivergence : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("student", "N C H W", Role.Logits), new("teacher", "N C H W", Role.Logits)];

    /// <param name="tau">Temperature τ: the higher, the wider the places that count.</param>
    /// <param name="loss_weight">Factor w.</param>
    /// <param name="reduction">None keeps the channels' losses (N, C), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor student,
        Tensor teacher,
        [Positive] double tau = 1.0,
        [AtLeast(0)] double loss_weight = 1.0,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(ChannelWiseDivergence);
        InputCheck.Dimensions(student, 4, "(N, C, H, W)", loss);
        DistillationLoss.Check(student, teacher, loss);
        var (n, c) = (student.shape[0], student.shape[1]);
        Tensor Places(Tensor maps) => maps.flatten(2).flatten(0, 1);
        var channels = DistillationLoss.Softened(Places(student), Places(teacher), tau).sum(1).view(n, c);
        return (channels * loss_weight).Reduce(reduction);
    }
}
