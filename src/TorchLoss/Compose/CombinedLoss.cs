namespace TorchLoss;

/// <summary>Several losses of one prediction as one loss: their weighted sum.</summary>
/// <remarks>
/// <c>ℓ = Σ_i w_i ℓ_i(input, target)</c>, in the units of its terms. All terms get the same two tensors and must give values of
/// one shape: numbers, or unreduced losses of the same layout. <c>Terms</c> gives the weighted terms one by one, for
/// logs. Losses are registered: <c>.to()</c> and the state_dict reach them.
/// </remarks>
[Loss(
    Family.Compose,
    Formula = @"\sum_i w_i\, \ell_i",
    Source = "Folklore; as JointLoss in pytorch-toolbelt 2020",
    Aliases = "JointLoss WeightedSumLoss"
)]
public sealed partial class CombinedLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "*", Role.Prediction), new("target", "*", Role.Target)];

    /// <param name="input">The predictions, as the losses want them.</param>
    /// <param name="target">The targets, as the losses want them.</param>
    /// <param name="losses">The losses by name.</param>
    /// <param name="weights">The weight of each loss, in their order; null weighs each 1.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        LossList losses,
        [Finite] IReadOnlyList<double>? weights = null
    ) => Weighted(input, target, losses, weights).Select(t => t.Value).Aggregate((a, b) => a + b);

    /// <summary>The weighted terms by name, in order; their sum is the loss.</summary>
    /// <param name="input">The predictions.</param>
    /// <param name="target">The targets.</param>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Terms(Tensor input, Tensor target)
    {
        InputCheck.Live(input, nameof(CombinedLoss), nameof(input));
        InputCheck.Live(target, nameof(CombinedLoss), nameof(target));
        using var scope = NewDisposeScope();
        var terms = Weighted(input, target, losses, weights);
        terms.ForEach(t => t.Value.MoveToOuterDisposeScope());
        return terms;
    }

    partial void Created() => Check(losses, weights);

    static List<KeyValuePair<string, Tensor>> Weighted(
        Tensor input,
        Tensor target,
        LossList losses,
        IReadOnlyList<double>? weights
    )
    {
        Check(losses, weights);
        var terms = new List<KeyValuePair<string, Tensor>>();
        foreach (var (name, loss) in losses)
        {
            var value = Call(name, loss, input, target) * (weights?[terms.Count] ?? 1);
            if (terms.Count > 0)
            {
                CheckShape(terms[0], name, value);
            }

            terms.Add(new(name, value));
        }

        return terms;
    }

    static Tensor Call(string name, nn.Module<Tensor, Tensor, Tensor> loss, Tensor input, Tensor target)
    {
        try
        {
            return loss.call(input, target);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"{nameof(CombinedLoss)}, {name}: {e.Message}", e);
        }
    }

    static void Check(LossList losses, IReadOnlyList<double>? weights)
    {
        if (losses is not { Count: > 0 })
        {
            throw new ArgumentException($"{nameof(CombinedLoss)}: losses must hold at least one loss.", nameof(losses));
        }

        if (weights is not null && weights.Count != losses.Count)
        {
            throw new ArgumentException(
                $"{nameof(CombinedLoss)}: weights must hold one number per loss, {losses.Count}, got {weights.Count}.",
                nameof(weights)
            );
        }
    }

    static void CheckShape(KeyValuePair<string, Tensor> first, string name, Tensor value)
    {
        if (!value.shape.AsSpan().SequenceEqual(first.Value.shape))
        {
            throw new ArgumentException(
                $"{nameof(CombinedLoss)}: all losses must give one shape, but {first.Key} gives {first.Value.Shape} and {name} "
                    + $"{value.Shape}; look at their reduction."
            );
        }
    }
}
