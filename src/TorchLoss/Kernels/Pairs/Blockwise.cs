namespace TorchLoss;

/// <summary>What rows contribute that are held against all.</summary>
/// <param name="rows">Some rows (R, D).</param>
/// <param name="all">All rows of the reference (M, D).</param>
/// <param name="others">What else the loss reads of the whole batch; nothing may be captured, for backward comes after the call.</param>
/// <param name="from">The number of the first row.</param>
delegate LossShare ShareOfRows(Tensor rows, Tensor all, IReadOnlyList<Tensor?> others, long from);

/// <summary>Runs a loss of all pairs of rows in torch operators, a block of rows at a time, on any device and in any dtype.</summary>
/// <remarks>
/// Autograd alone would keep the matrices of every block. So each block is differentiated on its own as soon as its loss is
/// there, and its graph is gone before the next one starts: the gradients are finished when forward returns, and memory grows with
/// a block instead of with N · M. Second derivatives are those of the whole matrix.
/// </remarks>
static class Blockwise
{
    /// <summary>Numbers in a matrix of pairs from which on it is not made as a whole unless asked for.</summary>
    const long MostElements = 1 << 24;

    /// <summary>How many rows a block takes; 0 where one block is enough.</summary>
    /// <param name="asked">What the caller asks for; 0 leaves the choice.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">What each is held against.</param>
    public static long Height(long asked, long rows, long columns)
    {
        var height = asked > 0 ? asked : Math.Max(1, MostElements / Math.Max(1, columns));
        return height < rows ? height : 0;
    }

    /// <summary>The loss.</summary>
    /// <param name="rows">Rows (N, D).</param>
    /// <param name="all">The rows (M, D) that they are held against; null is themselves.</param>
    /// <param name="height">How many rows a block takes.</param>
    /// <param name="share">What rows contribute.</param>
    /// <param name="others">What else that reads.</param>
    public static Tensor Evaluate(Tensor rows, Tensor? all, long height, ShareOfRows share, params Tensor?[] others)
    {
        FusedFunction.Rethrow();
        using var scope = NewDisposeScope();
        Tensor[] inputs = all is null ? [rows] : [rows, all];
        var learns = Array.ConvertAll(inputs, Fusion.NeedsGradient);
        var ofRows = learns[0] ? zeros_like(rows.detach()) : null;
        var constant = all is null ? Leaf(rows, learns[0]) : Leaf(all, learns[1]);
        var total = Add(rows.detach(), constant, ofRows, height, share, others);
        if (!learns.Contains(value: true))
        {
            return total.Value.MoveToOuterDisposeScope();
        }

        var gradients = Gradients(ofRows, constant, all is null);
        foreach (var gradient in gradients)
        {
            gradient?.copy_(total.Divide(gradient));
        }

        return FusedFunction
            .Attach(
                inputs,
                total.Value,
                gradients,
                new ComposedCall((given, more) => share(given[0], given[^1], more, 0).Value),
                others
            )
            .MoveToOuterDisposeScope();
    }

    static LossShare Add(Tensor rows, Tensor all, Tensor? ofRows, long height, ShareOfRows share, Tensor?[] others)
    {
        var (sum, divisor) = (rows.new_zeros(1).squeeze(0), rows.new_zeros(1).squeeze(0));
        var divides = false;
        for (long from = 0; from < rows.shape[0]; from += height)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(height, rows.shape[0] - from);
            var block = Leaf(rows.narrow(0, from, count), ofRows is not null);
            var part = share(block, all, others, from);
            sum.add_(part.Sum.detach());
            if (part.Divisor is { } some)
            {
                divisor.add_(some.detach());
                divides = true;
            }

            if (!part.Sum.requires_grad)
            {
                continue;
            }

            part.Sum.backward();
            if (ofRows is not null && block.grad is { } gradient)
            {
                ofRows.narrow(0, from, count).copy_(gradient);
            }
        }

        return new(sum, divides ? divisor : null);
    }

    static Tensor?[] Gradients(Tensor? ofRows, Tensor all, bool own)
    {
        var ofAll = all.requires_grad ? all.grad ?? zeros_like(all.detach()) : null;
        return own ? [ofRows! + ofAll!] : [ofRows, ofAll];
    }

    static Tensor Leaf(Tensor input, bool learns) => input.detach().requires_grad_(learns);
}
