using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Focal loss of exclusive classes: cross entropy that fades out the samples the model already gets right.</summary>
/// <remarks>
/// Per position <c>ℓ = −w_y (1 − p_y)^γ · log p_y</c> (nats), p_y the softmax probability of the target class and w_y its weight.
/// 1 − p_y is taken as −expm1(log p_y), which keeps its digits when p_y is close to 1.
/// The mean is over the positions that count; class weights scale the losses but not the divisor.
/// </remarks>
[Loss(
    Family.Classification,
    Formula = @"-w_y (1 - p_y)^{\gamma} \log p_y",
    Source = "Lin, Goyal, Girshick, He and Dollár 2017, Focal Loss for Dense Object Detection, arXiv:1708.02002, eq. (4)",
    Aliases = "MultiClassFocalLoss CategoricalFocalLoss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class SoftmaxFocalLoss : SoftmaxLoss
{
    /// <param name="gamma">Focusing strength γ; 0 is plain cross entropy.</param>
    [MethodImpl(Inline)]
    internal static R Value<R>(R log_p, [AtLeast(0)] double gamma = 2.0)
        where R : struct, IReal<R> => -R.Pow(-R.Expm1(log_p), gamma) * log_p;
}
