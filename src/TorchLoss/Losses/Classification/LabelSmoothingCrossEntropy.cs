using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Cross entropy against softened labels: keeps the model from becoming ever more certain.</summary>
/// <remarks>
/// Per position <c>ℓ = −(1 − ε) log p_y − ε · mean_k log p_k</c> (nats): the target class gets 1 − ε + ε/C, every other ε/C.
/// </remarks>
[Loss(
    Family.Classification,
    Formula = @"-(1 - \varepsilon) \log p_y - \frac{\varepsilon}{C} \sum_k \log p_k",
    Source = "Szegedy, Vanhoucke, Ioffe, Shlens and Wojna 2016, Rethinking the Inception Architecture, arXiv:1512.00567, section 7",
    Function = "label_smoothing_cross_entropy",
    Aliases = "LabelSmoothingCrossEntropyLoss LabelSmoothLoss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class LabelSmoothingCrossEntropy : SoftmaxLoss
{
    /// <param name="smoothing">Share ε of the target that is spread over all classes.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R log_p, R mean_log_p, [Between(0, 1)] double smoothing = 0.1)
        where R : struct, IReal<R> => log_p * (smoothing - 1) - mean_log_p * smoothing;
}
