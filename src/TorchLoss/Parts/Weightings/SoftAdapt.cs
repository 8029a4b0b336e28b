namespace TorchLoss;

/// <summary>The forms of <see cref="SoftAdapt"/>.</summary>
public enum SoftAdaptVariant
{
    /// <summary>Softmax of the slopes.</summary>
    Original,

    /// <summary>Softmax of the slopes over their sum.</summary>
    Normalized,

    /// <summary>The exponentials times the mean losses, scaled to sum 1.</summary>
    LossWeighted,
}

/// <summary>SoftAdapt: tasks whose loss rises, or falls slowest, weigh most.</summary>
/// <remarks>
/// <c>w = softmax(β s)</c> with the slope <c>s = newest − second newest loss</c> of each task; a negative β favours the tasks that
/// improve. normalized divides the slopes by their sum (as the authors' code does; the paper takes the sum of absolute values),
/// loss_weighted multiplies the exponentials by the mean losses of the history. The maximum is taken off the exponents.
/// </remarks>
/// <param name="variant">The form.</param>
/// <param name="beta">Sharpness β.</param>
/// <param name="epsilon">Added to the sum that the weights are divided by, which is then a little below 1.</param>
[Part(Source = "Heydari, Thompson and Mehmood 2019, SoftAdapt, arXiv:1912.12355, section 3")]
public sealed partial class SoftAdapt(
    SoftAdaptVariant variant = SoftAdaptVariant.Original,
    [Finite] double beta = 0.1,
    [AtLeast(0)] double epsilon = 1e-8
) : TaskWeighting
{
    readonly double beta = beta_range.Check(beta, nameof(SoftAdapt), nameof(beta));

    readonly double epsilon = epsilon_range.Check(epsilon, nameof(SoftAdapt), nameof(epsilon));

    /// <inheritdoc/>
    protected override Tensor Weigh(Tensor history)
    {
        var slope = history.select(0, -1) - history.select(0, -2);
        slope = variant is SoftAdaptVariant.Normalized ? slope.SafeDivide(slope.sum()) : slope;
        var exponent = slope * beta;

        // the authors take off β · max s, which for a negative β is not the largest exponent: their ε, in the terms of ours
        var top = exponent.max();
        var rest = (slope.max() * beta - top).exp() * epsilon;
        var grown = (exponent - top).exp();
        grown = variant is SoftAdaptVariant.LossWeighted ? grown * history.mean([0]) : grown;
        return grown / (grown.sum() + rest);
    }
}
