namespace TorchLoss;

/// <summary>How much each output of a network counts, from the finest (level 0) down.</summary>
public enum LevelWeights
{
    /// <summary>1, ½, ¼, ⅛, and 1/16 from there on.</summary>
    Exp,

    /// <summary>1 each.</summary>
    Same,

    /// <summary>1 for the finest, ½ for the others.</summary>
    Two,
}

/// <summary>Deep supervision: trains inner outputs of a network, of lower resolution, along with the last one, on the same target.</summary>
/// <remarks>
/// <c>ℓ = Σ_k w_k ℓ(output_k, target at the size of output_k)</c>, in the units of the loss. Targets are resized by their nearest
/// position (the one whose centre is nearest: PyTorch's nearest-exact), so labels stay labels. The weights are not normalised.
/// </remarks>
[Loss(
    Family.Compose,
    Formula = @"\sum_k w_k\, \ell(x_k,\; t_{\downarrow k})",
    Source = "Lee, Xie, Gallagher, Zhang and Tu 2015, Deeply-Supervised Nets, arXiv:1409.5185, eq. (3); form: MONAI, nnU-Net"
)]
public sealed partial class DeepSupervisionLoss : LossModuleOfListAndTensor
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C H W", Role.Prediction) { IsList = true }, new("target", "N C P Q", Role.Target)];

    /// <param name="input">The outputs, finest first, each (N, C, *) with a space of its own size.</param>
    /// <param name="target">The target (N, C, *) or (N, 1, *), or labels (N, *).</param>
    /// <param name="loss">The loss: any module of prediction and target.</param>
    /// <param name="weight_mode">How much each output counts, where weights says nothing.</param>
    /// <param name="weights">The weight of each output, at least as many as there are outputs; null leaves it to weight_mode.</param>
    static Tensor Compute(
        IReadOnlyList<Tensor> input,
        Tensor target,
        nn.Module<Tensor, Tensor, Tensor> loss,
        LevelWeights weight_mode = LevelWeights.Exp,
        [Finite] IReadOnlyList<double>? weights = null
    )
    {
        Check(input, target, loss, weights);
        return input
            .Select((output, level) => loss.call(output, Resize(target, output)) * Weight(level, weight_mode, weights))
            .Aggregate((a, b) => a + b);
    }

    partial void Created() => ArgumentNullException.ThrowIfNull(loss);

    static double Weight(int level, LevelWeights mode, IReadOnlyList<double>? weights) =>
        weights?[level]
        ?? mode switch
        {
            LevelWeights.Exp => Math.Max(Math.Pow(0.5, level), 0.0625),
            LevelWeights.Two => level == 0 ? 1 : 0.5,
            _ => 1,
        };

    /// <summary>The target at the size of an output; whole numbers all the way, so that no position is off by rounding.</summary>
    static Tensor Resize(Tensor target, Tensor output)
    {
        var channels = target.dim() - (output.dim() - 2);
        for (var dimension = (int)channels; dimension < target.dim(); dimension++)
        {
            var (from, to) = (target.shape[dimension], output.shape[dimension - channels + 2]);
            if (from != to)
            {
                var nearest = Enumerable.Range(0, (int)to).Select(i => (2 * i + 1) * from / (2 * to)).ToArray();
                target = target.index_select(dimension, tensor(nearest, device: target.device));
            }
        }

        return target;
    }

    static void Check(
        IReadOnlyList<Tensor> input,
        Tensor target,
        nn.Module<Tensor, Tensor, Tensor> loss,
        IReadOnlyList<double>? weights
    )
    {
        ArgumentNullException.ThrowIfNull(loss);
        foreach (var output in input)
        {
            InputCheck.SameDevice(output, target, nameof(DeepSupervisionLoss), nameof(input));
            var hasChannels =
                target.dim() == output.dim() && target.shape[1] is var c && (c == 1 || c == output.shape[1]);
            var hasPositions = target.numel() > 0 || target.shape[0] == 0;
            if (
                output.dim() < 3
                || !hasChannels && target.dim() != output.dim() - 1
                || target.shape[0] != output.shape[0]
                || !hasPositions
            )
            {
                throw new ArgumentException(
                    $"{nameof(DeepSupervisionLoss)}: outputs (N, C, *) need a target (N, C, *), (N, 1, *) or labels (N, *), "
                        + $"got {output.Shape} and {target.Shape}.",
                    nameof(target)
                );
            }
        }

        if (weights is not null && weights.Count < input.Count)
        {
            throw new ArgumentException(
                $"{nameof(DeepSupervisionLoss)}: weights must hold a number for each of the {input.Count} outputs, got {weights.Count}.",
                nameof(weights)
            );
        }
    }
}
