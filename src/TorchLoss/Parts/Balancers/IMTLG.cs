namespace TorchLoss;

/// <summary>IMTL-G: weighs gradients so that their sum has the same projection on the direction of each.</summary>
/// <remarks>
/// Weights that sum to 1 and solve <c>g·u_1 = g·u_k</c> for all tasks, with <c>g = Σ w_k g_k</c> and the unit gradients u; they may be
/// negative. A task without gradient has no direction and leaves the others alone.
/// </remarks>
[Part(
    Source = "Liu, Li, Kuang, Xue, Chen, Yang, Liao and Zhang 2021, Towards Impartial Multi-task Learning, ICLR, openreview.net/forum?id=IMPnRXEWpvr, eq. (4)"
)]
public sealed partial class IMTLG() : GradientWeighting
{
    private protected override double[] Weigh(Tensor grads, Tensor? losses)
    {
        var products = Products(grads);
        var n = products.GetLength(0);
        var lengths = Enumerable.Range(0, n).Select(i => Math.Sqrt(products[i, i])).ToArray();
        double Cosine(int i, int k) => lengths[i] * lengths[k] > 0 ? products[i, k] / (lengths[i] * lengths[k]) : 0;

        // in v_i = w_i |g_i| the coefficients are cosines: gradients of very different lengths do not spoil the system
        var a = new double[n, n];
        var b = new double[n];
        for (var k = 1; k < n; k++)
        {
            for (var i = 0; i < n; i++)
            {
                a[k, i] = Cosine(i, 0) - Cosine(i, k);
            }
        }

        var longest = lengths.Max();
        for (var i = 0; i < n; i++)
        {
            a[0, i] = lengths[i] > 0 ? longest / lengths[i] : 0;
        }

        b[0] = longest;
        var v = SimplexProblem.Solve(a, b);
        return [.. v.Zip(lengths, (x, l) => l > 0 ? x / l : 0)];
    }
}
