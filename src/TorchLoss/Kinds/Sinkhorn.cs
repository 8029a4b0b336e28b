namespace TorchLoss;

/// <summary>Entropic optimal transport by Sinkhorn's iterations on logarithms, where no small ε underflows.</summary>
/// <param name="Cost">The cost (N, M) of each way.</param>
/// <param name="LogA">Logarithms of the weights of the one side (N).</param>
/// <param name="LogB">Logarithms of the weights of the other (M).</param>
/// <param name="Epsilon">Strength ε of the entropy, in units of the cost.</param>
readonly record struct Sinkhorn(Tensor Cost, Tensor LogA, Tensor LogB, double Epsilon)
{
    /// <summary>How many iterations pass between two looks at whether they still change anything.</summary>
    const int Stride = 10;

    /// <summary>Steps of both sides half way, which leave 10⁻⁹ of what is not yet right.</summary>
    const int Halves = 30;

    /// <summary>The potential of the one side that fits a potential of the other.</summary>
    public Tensor Answer(Tensor g) => (LogB + (g - Cost) / Epsilon).logsumexp(1) * -Epsilon;

    /// <summary>The same for the other side.</summary>
    public Tensor AnswerOther(Tensor f) =>
        (LogA.unsqueeze(1) + (f.unsqueeze(1) - Cost) / Epsilon).logsumexp(0) * -Epsilon;

    /// <summary>The potential of the other side, without gradient, iterated until it stands still or max_iter is reached.</summary>
    /// <remarks>
    /// ε falls to its value from the size of the cost by halves, each start being the last end: directly, the number of
    /// iterations grows with cost/ε. Whether it stands still is read back every ten iterations.
    /// First both sides answer at once and meet half way: in turn, they would pass back and forth for ever what is only held
    /// in its place by neighbours e^(−cost/ε) away. Then they answer in turn, which settles the rest faster. A set against
    /// itself has one potential for both sides, and goes on meeting half way.
    /// </remarks>
    /// <param name="max_iter">Most iterations.</param>
    /// <param name="itself">Whether both sides are the same set.</param>
    public Tensor Solve(long max_iter, bool itself = false)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var size = Cost.abs().max().to(ScalarType.Float64).item<double>();
        var tolerance = size * 4 * Cost.Epsilon;
        var (f, g) = (zeros_like(LogA), zeros_like(LogB));
        for (var epsilon = size; epsilon > Epsilon; epsilon /= 2)
        {
            (f, g) = (this with { Epsilon = epsilon }).Meet(f, g);
        }

        for (var i = 0; i < Halves; i++)
        {
            (f, g) = Meet(f, g);
        }

        for (var i = 0L; i < max_iter; i += Stride)
        {
            using var inner = NewDisposeScope();
            var before = g;
            for (var k = 0; k < Stride; k++)
            {
                before = g;
                g = Step(g, itself);
            }

            var moved = (g - before).abs().max().to(ScalarType.Float64).item<double>();
            g = g.MoveToOuterDisposeScope();
            if (!(moved > tolerance))
            {
                break;
            }
        }

        return g.MoveToOuterDisposeScope();
    }

    (Tensor F, Tensor G) Meet(Tensor f, Tensor g) => ((f + Answer(g)) * 0.5, (g + AnswerOther(f)) * 0.5);

    Tensor Step(Tensor g, bool itself) => itself ? (g + Answer(g)) * 0.5 : AnswerOther(Answer(g));

    /// <summary>The value ⟨a, f⟩ + ⟨b, g⟩ of the problem; its gradient is right where g is the solution.</summary>
    /// <remarks>There, a change of the potentials changes nothing, so g is a constant and f one differentiable answer to it.</remarks>
    public Tensor Value(Tensor g) => (LogA.exp() * Answer(g)).sum() + (LogB.exp() * g).sum();

    /// <summary>How much goes which way, (N, M).</summary>
    public Tensor Plan(Tensor g) => (LogA.unsqueeze(1) + LogB + (Answer(g).unsqueeze(1) + g - Cost) / Epsilon).exp();
}
