namespace TorchLoss;

/// <summary>Squared error of heatmaps of key points, in which invisible points do not count.</summary>
/// <remarks>
/// Per pixel <c>ℓ = w (x − y)²</c>, in the heatmaps' units squared; half is HRNet's original <c>½ (w x − w y)² = ½ w² (x − y)²</c>, where
/// the weight comes in squared. Mean divides by all pixels of all maps, those of invisible key points too, as both
/// originals do: a batch with few visible points weighs less. Weights, mask and empty channels multiply each other.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\frac{1}{N} \sum_k w_k \lVert x_k - y_k\rVert^2",
    Source = "Xiao, Wu and Wei 2018, Simple Baselines for Human Pose Estimation and Tracking, arXiv:1804.06208, section 3; OpenMMLab's mmpose, KeypointMSELoss",
    Function = "joints_mse_loss",
    Aliases = "KeypointMSELoss"
)]
public sealed partial class JointsMSELoss : HeatmapLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [.. HeatmapLoss.Inputs, new("mask", "N K H W", Role.Mask) { Optional = true }];

    /// <param name="half">HRNet's form: half of it, with the square of the weights.</param>
    /// <param name="skip_empty_channel">Leaves out maps whose target is 0 everywhere.</param>
    /// <param name="reduction">None keeps the map, Mean averages it, Sum adds it up.</param>
    /// <param name="mask">Weight of each pixel, as many dimensions as input, each its size or 1.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        bool half = false,
        bool skip_empty_channel = false,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? target_weights = null,
        [Input] Tensor? mask = null
    )
    {
        var weights = Check(nameof(JointsMSELoss), input, target, target_weights);
        InputCheck.BroadcastsTo(mask, input, nameof(JointsMSELoss));
        var x = input.Upcast();
        var losses = (x - target.to(x.dtype)).square();
        if (weights is not null)
        {
            losses *= half ? weights.square() : weights;
        }

        if (mask is not null)
        {
            losses *= mask.to(x.dtype);
        }

        if (skip_empty_channel)
        {
            losses *= PerMap(target.ne(0).flatten(2).any(2).to(x.dtype), x.dim());
        }

        return (half ? 0.5 * losses : losses).Reduce(reduction);
    }
}
