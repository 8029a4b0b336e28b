namespace TorchLoss;

/// <summary>Small quadratic problems over weights that are at least 0 and sum to 1, solved exactly.</summary>
static class SimplexProblem
{
    /// <summary>The w that minimises ½ wᵀ h w + fᵀ w, for a positive semidefinite h.</summary>
    /// <remarks>
    /// Active sets: solve as if the weights in use were free; where one would fall below 0, go as far as it allows and drop it;
    /// else take in the one whose slope is steepest downhill, until none is.
    /// </remarks>
    public static double[] Minimize(double[,] h, double[] f)
    {
        var n = f.Length;
        var scale = Enumerable.Range(0, n).Select(i => h[i, i] + Math.Abs(f[i])).Max();
        if (!(scale > 0))
        {
            return [.. Enumerable.Repeat(1.0 / n, n)];
        }

        var used = new List<int> { Enumerable.Range(0, n).MinBy(i => h[i, i] / 2 + f[i]) };
        var w = new double[n];
        w[used[0]] = 1;
        for (var round = 0; round < 50 * n; round++)
        {
            var (free, slope) = Free(h, f, used, scale);
            var reach = used.Select((i, k) => free[k] < 0 ? w[i] / (w[i] - free[k]) : 1).Min();
            for (var k = 0; k < used.Count; k++)
            {
                w[used[k]] += reach * (free[k] - w[used[k]]);
            }

            if (reach < 1)
            {
                var dropped = used.MinBy(i => w[i]);
                w[dropped] = 0;
                used.Remove(dropped);
                continue;
            }

            var slopes = Enumerable.Range(0, n).Select(i => used.Contains(i) ? 0 : Slope(h, f, w, i) - slope).ToArray();
            var steepest = Array.IndexOf(slopes, slopes.Min());
            if (slopes[steepest] >= -1e-13 * scale)
            {
                break;
            }

            used.Add(steepest);
        }

        return w;
    }

    /// <summary>Solves a small linear system by elimination with pivoting; a direction without slope is left at 0.</summary>
    public static double[] Solve(double[,] a, double[] b)
    {
        var n = b.Length;
        var (m, x) = ((double[,])a.Clone(), (double[])b.Clone());
        for (var c = 0; c < n; c++)
        {
            var pivot = Enumerable.Range(c, n - c).MaxBy(r => Math.Abs(m[r, c]));
            (x[c], x[pivot]) = (x[pivot], x[c]);
            for (var k = 0; k < n; k++)
            {
                (m[c, k], m[pivot, k]) = (m[pivot, k], m[c, k]);
            }

            for (var r = c + 1; r < n && m[c, c] != 0; r++)
            {
                var factor = m[r, c] / m[c, c];
                x[r] -= factor * x[c];
                for (var k = c; k < n; k++)
                {
                    m[r, k] -= factor * m[c, k];
                }
            }
        }

        for (var r = n - 1; r >= 0; r--)
        {
            for (var k = r + 1; k < n; k++)
            {
                x[r] -= m[r, k] * x[k];
            }

            x[r] = m[r, r] == 0 ? 0 : x[r] / m[r, r];
        }

        return x;
    }

    static double Slope(double[,] h, double[] f, double[] w, int i) =>
        f[i] + Enumerable.Range(0, w.Length).Sum(j => h[i, j] * w[j]);

    /// <summary>The minimum over the weights in use, whatever their sign, that sum to 1; and the slope that they share there.</summary>
    static (double[] Weights, double Slope) Free(double[,] h, double[] f, List<int> used, double scale)
    {
        var n = used.Count;
        var a = new double[n + 1, n + 1];
        var b = new double[n + 1];
        for (var r = 0; r < n; r++)
        {
            for (var c = 0; c < n; c++)
            {
                a[r, c] = h[used[r], used[c]] / scale;
            }

            a[r, r] += 1e-15; // gradients that are equal or opposite leave the system singular
            a[r, n] = a[n, r] = 1;
            b[r] = -f[used[r]] / scale;
        }

        b[n] = 1;
        var solution = Solve(a, b);
        return (solution[..n], -solution[n] * scale);
    }
}
