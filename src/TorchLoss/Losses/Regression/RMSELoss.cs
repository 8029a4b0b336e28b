namespace TorchLoss;

/// <summary>Root mean squared error: the mean squared error in the target's own units.</summary>
/// <remarks>
/// <c>√(mean e² + ε)</c> with e = input − target, over all elements (then the reduction has nothing left to do), or over one
/// dimension, whose roots are then reduced. One root of a batch's mean is not the mean of roots of smaller batches.
/// Errors are scaled by their largest before they are squared, so that none overflows, and the root of exactly 0 is left out of
/// the gradient, which would be 0/0: with ε = 0 a perfect prediction has loss 0 and gradient 0.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\sqrt{\frac{1}{n} \sum_i (\hat y_i - y_i)^2 + \varepsilon}",
    Source = "scikit-learn root_mean_squared_error; Hyndman and Koehler 2006, Another look at measures of forecast accuracy, doi:10.1016/j.ijforecast.2006.03.001, section 2.1",
    Function = "rmse_loss",
    BuiltIn = "MSELoss"
)]
public sealed partial class RMSELoss : PointwiseLoss
{
    /// <param name="eps">Added under the root, in the target's units squared.</param>
    /// <param name="dim">The dimension that is averaged over before the root; null is all of them.</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses; the mean squared error divides by their sum.</param>
    /// <param name="reduction">Of the roots where dim is given: None keeps them, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double eps = 0.0,
        long? dim = null,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(input, target, dim, sample_weight);
        var error = input.Upcast() - target;
        if (dim is null)
        {
            return Root(error.reshape(-1), sample_weight?.expand_as(error).reshape(-1), eps, 0);
        }

        return Root(error, sample_weight, eps, dim.Value).Reduce(reduction);
    }

    static void Check(Tensor input, Tensor target, long? dim, Tensor? sample_weight)
    {
        const string loss = nameof(RMSELoss);
        InputCheck.Floating(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        InputCheck.BroadcastsTo(sample_weight, input, loss);
        if (dim is { } d)
        {
            InputCheck.Dimension(input, d, loss, nameof(dim));
        }
    }

    static Tensor Root(Tensor error, Tensor? weight, double eps, long dim)
    {
        if (error.numel() == 0)
        {
            return error.sum(dim: dim);
        }

        var largest = error.detach().abs().amax([dim], keepdim: true).clamp_min(Math.Sqrt(eps));
        var scale = where(largest.eq(0), ones_like(largest), largest);
        var squares = (error / scale).square();
        var mean = weight is null ? squares.mean([dim], keepdim: true) : WeightedMean(squares, weight, dim);
        return ((mean + eps / scale.square()).SafePow(0.5) * scale).squeeze(dim);
    }

    static Tensor WeightedMean(Tensor squares, Tensor weight, long dim)
    {
        var factors = weight.to(squares.dtype).expand_as(squares);
        return (squares * factors).sum(dim, keepdim: true).SafeDivide(factors.sum(dim, keepdim: true));
    }
}
