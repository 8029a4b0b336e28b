namespace TorchLoss;

/// <summary>What <see cref="MGDA"/> divides each task's gradient by first.</summary>
public enum GradientNormalization
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Its length.</summary>
    L2,

    /// <summary>The task's loss.</summary>
    Loss,

    /// <summary>Both.</summary>
    LossPlus,
}

/// <summary>Multiple gradient descent: the shortest mixture of the tasks' gradients, which lowers all losses at once.</summary>
/// <remarks>
/// The weights <c>w ≥ 0, Σ w = 1</c> that minimise <c>|Σ_k w_k g_k|</c>, found exactly. If the mixture is 0, no direction improves all
/// tasks. The weights belong to the gradients after normalisation, as in LibMTL.
/// </remarks>
/// <param name="normalization">What each gradient is divided by first.</param>
[Part(
    Source = "Désidéri 2012, doi:10.1016/j.crma.2012.03.014; Sener and Koltun 2018, Multi-Task Learning as Multi-Objective Optimization, arXiv:1810.04650, eq. (3)"
)]
public sealed partial class MGDA(GradientNormalization normalization = GradientNormalization.None) : GradientWeighting
{
    private protected override double[] Weigh(Tensor grads, Tensor? losses)
    {
        var products = Products(grads);
        var sizes = Sizes(products, losses);
        var n = sizes.Length;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                products[i, j] /= sizes[i] * sizes[j];
            }
        }

        return SimplexProblem.Minimize(products, new double[n]);
    }

    double[] Sizes(double[,] products, Tensor? losses)
    {
        var lengths = Enumerable.Range(0, products.GetLength(0)).Select(i => Math.Sqrt(products[i, i])).ToArray();
        var sizes = normalization switch
        {
            GradientNormalization.None => [.. lengths.Select(_ => 1.0)],
            GradientNormalization.L2 => lengths,
            GradientNormalization.Loss => Losses(losses),
            _ => [.. lengths.Zip(Losses(losses), (a, b) => a * b)],
        };
        return [.. sizes.Select(s => s > 0 ? s : 1)];
    }

    double[] Losses(Tensor? losses)
    {
        if (losses is null)
        {
            throw new ArgumentException($"{nameof(MGDA)}: normalization {normalization} needs losses.", nameof(losses));
        }

        using var values = losses.detach().to(ScalarType.Float64).cpu().contiguous();
        return values.data<double>().ToArray();
    }
}
