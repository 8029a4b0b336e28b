namespace TorchLoss;

/// <summary>Conflict-averse gradient: near the average gradient, the direction that helps the worst-off task most.</summary>
/// <remarks>
/// With g0 the mean gradient and <c>g_w = Σ w_k g_k</c>, the weights on the simplex that minimise <c>g_w·g0 + c |g0| |g_w|</c> give
/// <c>g0 + c |g0| / |g_w| · g_w</c>. The root in it is resolved by <c>|g_w| = min_t (|g_w|²/t + t)/2</c>: for a fixed t the problem is
/// quadratic and solved exactly, and t = |g_w| follows; both together are convex.
/// </remarks>
/// <param name="c">How far from the mean gradient it may go, in multiples of its length.</param>
/// <param name="rescale">What the result is divided by: 0 nothing, 1 is 1 + c², 2 is 1 + c.</param>
[Part(
    Source = "Liu, Liu, Jin, Stone and Liu 2021, Conflict-Averse Gradient Descent for Multi-task Learning, arXiv:2110.14048, algorithm 1"
)]
public sealed partial class CAGrad([AtLeast(0)] double c = 0.5, [Between(0, 2)] long rescale = 1) : GradientBalancer
{
    const int Rounds = 2000;

    readonly double c = c_range.Check(c, nameof(CAGrad), nameof(c));

    readonly long rescale = rescale_range.Check(rescale, nameof(CAGrad), nameof(rescale));

    private protected override Tensor Combine(Tensor grads)
    {
        var products = Products(grads);
        var n = products.GetLength(0);
        double[] equal = [.. Enumerable.Repeat(1.0 / n, n)];
        var along = Times(products, equal);
        var mean = Math.Sqrt(Math.Max(0, Dot(equal, along)));
        var (w, length) = Solve(products, along, c * mean);
        var pull = length > 1e-12 * mean && length > 0 ? c * mean / length : 0;
        var divisor =
            rescale == 1 ? 1 + c * c
            : rescale == 2 ? 1 + c
            : 1;
        return Sum(grads, [.. w.Select(v => (1.0 / n + pull * v) / divisor)]);
    }

    static (double[] Weights, double Length) Solve(double[,] products, double[] along, double weight)
    {
        var n = along.Length;
        var length = Math.Sqrt(Enumerable.Range(0, n).Max(i => products[i, i]));
        double[] w = [.. Enumerable.Repeat(1.0 / n, n)];
        for (var round = 0; round < Rounds && length > 0; round++)
        {
            var scaled = (double[,])products.Clone();
            for (var i = 0; i < n * n; i++)
            {
                scaled[i / n, i % n] *= weight / length;
            }

            w = SimplexProblem.Minimize(scaled, along);
            var next = Math.Sqrt(Math.Max(0, Dot(w, Times(products, w))));
            var settled = Math.Abs(next - length) <= 1e-14 * length;
            length = next;
            if (settled)
            {
                break;
            }
        }

        return (w, length);
    }

    static double[] Times(double[,] matrix, double[] vector) =>
        [.. vector.Select((_, i) => vector.Select((v, j) => matrix[i, j] * v).Sum())];

    static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
