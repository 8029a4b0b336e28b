namespace TorchLoss;

/// <summary>The forms of <see cref="SoftAdapt"/>.</summary>
public enum SoftAdaptVariant
{
    /// <summary>Softmax of the slopes.</summary>
    Original,

    /// <summary>Softmax of the slopes over their sum.</summary>
    Normalized,

    /// <summary>Softmax of the slopes times the mean losses.</summary>
    LossWeighted,
}

/// <summary>SoftAdapt: tasks whose loss rises, or falls slowest, weigh most.</summary>
/// <remarks>
/// <c>w = softmax(β s)</c> with the slope <c>s = newest − second newest loss</c> of each task; a negative β favours the tasks that
/// improve. normalized divides the slopes by their sum (as the authors' code does; the paper takes the sum of absolute values),
/// loss_weighted multiplies by the mean loss of the history and scales to sum 1. The maximum is taken off the exponents.
/// </remarks>
/// <param name="variant">The form.</param>
/// <param name="beta">Sharpness β.</param>
/// <param name="epsilon">Added to divisors.</param>
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
        if (variant is SoftAdaptVariant.Normalized)
        {
            slope /= slope.sum() + epsilon;
        }

        var exponent = slope * beta;
        var grown = (exponent - exponent.max()).exp();
        grown = variant is SoftAdaptVariant.LossWeighted ? grown * history.mean([0]) : grown;
        return grown / (grown.sum() + epsilon);
    }
}
