namespace TorchLoss.Benchmarks;

/// <summary>Soft-DTW against the two ways of writing it in torch's operators.</summary>
static class Alignments
{
    /// <summary>Forward and backward of (n, steps, size) series: cell by cell, diagonal by diagonal, in the kernel.</summary>
    public static void Run(long n, long steps, long size)
    {
        const double Gamma = 1;
        using var x = randn(n, steps, size).requires_grad_();
        using var y = randn(n, steps, size);
        void Backward(Func<Tensor> loss)
        {
            using var scope = NewDisposeScope();
            loss().backward();
            x.grad = null;
        }

        Tensor Kernel() => nn.functional.soft_dtw_loss(x, y, Gamma);
        Tensor Diagonals()
        {
            using var suspension = Fusion.Suspend();
            return Kernel();
        }

        using (var scope = NewDisposeScope())
        {
            var (cells, kernel) = (CellByCell(x, y, Gamma).ToDouble(), Kernel().ToDouble());
            Console.WriteLine($"\nthe loop over cells gives {cells:R}, the kernel {kernel:R}");
        }

        Interleaved.Compare(
            $"soft-DTW, {n} x {steps} x {size}, forward and backward",
            ("cell by cell", () => Backward(() => CellByCell(x, y, Gamma))),
            ("diagonal by diagonal", () => Backward(Diagonals)),
            ("kernel", () => Backward(Kernel))
        );
    }

    /// <summary>As people write it: two loops, each cell a soft minimum of three others, for the whole batch at once.</summary>
    static Tensor CellByCell(Tensor x, Tensor y, double gamma)
    {
        var (rows, columns) = (x.shape[1], y.shape[1]);
        var costs = (x.unsqueeze(2) - y.unsqueeze(1)).pow(2).sum(dim: 3);
        var unreachable = full([x.shape[0]], double.PositiveInfinity);
        var cells = new Tensor[rows + 1, columns + 1];
        for (var i = 0; i <= rows; i++)
        {
            for (var j = 0; j <= columns; j++)
            {
                cells[i, j] =
                    i == 0 && j == 0 ? zeros(x.shape[0])
                    : i == 0 || j == 0 ? unreachable
                    : costs[TensorIndex.Colon, i - 1, j - 1]
                        - gamma
                            * logsumexp(
                                stack(
                                    [-cells[i - 1, j - 1] / gamma, -cells[i - 1, j] / gamma, -cells[i, j - 1] / gamma],
                                    0
                                ),
                                0
                            );
            }
        }

        return cells[rows, columns].mean();
    }
}
