namespace TorchLoss;

/// <summary>Distances of vectors pair by pair, over the last dimension: named values of options that take a distance.</summary>
public static class PairwiseDistances
{
    /// <summary>Euclidean distance as PyTorch's PairwiseDistance has it: 1e-6 is added to every coordinate of the difference.</summary>
    public static Tensor Pairwise(Tensor a, Tensor b) => Norm(a - b + 1e-6, 2);

    /// <summary>1 − cosine similarity; lengths below 1e-8 count as 1e-8, so that a zero vector has distance 1.</summary>
    public static Tensor Cosine(Tensor a, Tensor b) => 1 - (a * b).sum(-1) / Length(a) / Length(b);

    /// <summary>Sum of the absolute differences.</summary>
    public static Tensor Manhattan(Tensor a, Tensor b) => (a - b).abs().sum(-1);

    /// <summary>Sum of the squared differences.</summary>
    public static Tensor SquaredEuclidean(Tensor a, Tensor b) => (a - b).square().sum(-1);

    /// <summary>The p-norm over the last dimension; at a zero vector its gradient is 0 rather than NaN.</summary>
    internal static Tensor Norm(Tensor vector, double p) =>
        p switch
        {
            1 => vector.abs().sum(-1),
            2 => Root(vector.square().sum(-1), 0.5),
            double.PositiveInfinity => vector.abs().amax(-1),
            _ => General(vector.abs(), p),
        };

    /// <summary>Powers of the coordinates over the largest one, which overflow for no p; the scale cancels in the gradient too.</summary>
    static Tensor General(Tensor size, double p)
    {
        var largest = size.detach().amax([-1], keepdim: true);
        largest = where(largest.eq(0), ones_like(largest), largest);
        return Root(Root(size / largest, p).sum(-1), 1 / p) * largest.squeeze(-1);
    }

    /// <summary>A power whose slope at 0, infinite below the power 1, never meets a 0.</summary>
    static Tensor Root(Tensor value, double exponent)
    {
        var zero = value.eq(0);
        return where(zero, zeros_like(value), where(zero, ones_like(value), value).pow(exponent));
    }

    // the bound is on the squared length: the root of an exact 0 has no gradient
    static Tensor Length(Tensor vector) => vector.square().sum(-1).clamp_min(1e-16).sqrt();
}
