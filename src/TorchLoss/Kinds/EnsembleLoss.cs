namespace TorchLoss;

/// <summary>How the spread of an ensemble is estimated from its M members.</summary>
public enum EnsembleEstimator
{
    /// <summary>Over all M² pairs, a member with itself included: the score of these members as they are.</summary>
    Nrg,

    /// <summary>Over the M (M − 1) pairs of two members: the expected score of the distribution that they are drawn from.</summary>
    Fair,

    /// <summary>A share α of fair and the rest of nrg: nearly fair, and still defined where all members but one agree.</summary>
    AlmostFair,
}

/// <summary>A loss of several equally likely forecasts of one thing, an ensemble, against what happened.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class EnsembleLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>What the sum over all pairs of members is multiplied by, to become their mean.</summary>
    private protected static double Weight(long members, EnsembleEstimator estimator, double alpha, string loss)
    {
        var fair = estimator switch
        {
            EnsembleEstimator.Nrg => 0,
            EnsembleEstimator.Fair => 1,
            _ => alpha,
        };
        if (fair > 0 && members < 2)
        {
            throw new ArgumentException($"{loss}: a fair estimator needs two members or more, got {members}.", "input");
        }

        var plain = (1 - fair) / ((double)members * members);
        return fair > 0 ? plain + fair / (members * (members - 1.0)) : plain;
    }
}

/// <summary>The input contract of ensembles of vectors.</summary>
static class VectorEnsembles
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "B * M D", Role.Prediction),
        new("target", "B * D", Role.Target),
        new("sample_weight", "B *", Role.Weight) { Optional = true },
    ];

    /// <summary>Refuses everything but (*, M, D) members, (*, D) targets, and weights that fit.</summary>
    public static void Check(string loss, Tensor input, Tensor target, Tensor? sample_weight)
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameDevice(target, input, loss);
        var shape = input.shape;
        if (
            shape.Length < 2
            || shape[^2] == 0
            || !target.shape.AsSpan().SequenceEqual([.. shape.AsSpan()[..^2], shape[^1]])
        )
        {
            throw new ArgumentException(
                $"{loss}: input (*, M, D) and target (*, D) expected, got {input.Shape} and {target.Shape}.",
                nameof(input)
            );
        }

        InputCheck.BroadcastsTo(sample_weight, target.sum(-1), loss);
    }
}
