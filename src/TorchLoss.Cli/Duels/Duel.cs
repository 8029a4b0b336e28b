using System.Diagnostics;
using TorchLoss.Cli.Losses;
using TorchLoss.Cli.Runs;

namespace TorchLoss.Cli.Duels;

/// <summary>What came of holding a loss against a built-in one. Differences are between theirs and ours.</summary>
/// <param name="Loss">Our loss.</param>
/// <param name="BuiltIn">TorchSharp's.</param>
/// <param name="On">Data and model.</param>
/// <param name="Value">Our value for the first batch.</param>
/// <param name="BuiltInValue">Theirs.</param>
/// <param name="GradDifference">The largest difference of gradients by any input, relative to the largest gradient.</param>
/// <param name="Steps">Updates of the trajectories.</param>
/// <param name="LossDifference">The largest difference of losses along them, relative to the loss.</param>
/// <param name="WeightDifference">The largest difference of weights after them.</param>
/// <param name="OursMs">Time of our forward and backward, median.</param>
/// <param name="BuiltInMs">Time of theirs.</param>
sealed record DuelResult(
    string Loss,
    string BuiltIn,
    string On,
    double Value,
    double BuiltInValue,
    double GradDifference,
    int Steps,
    double LossDifference,
    double WeightDifference,
    double OursMs,
    double BuiltInMs
)
{
    const double SameValue = 1e-5;
    const double SameWeights = 1e-3;

    /// <summary>Equal up to rounding, in value, gradients and a whole training.</summary>
    public bool Same =>
        RelativeValue <= SameValue
        && GradDifference <= SameValue
        && LossDifference <= SameWeights
        && WeightDifference <= SameWeights;

    double RelativeValue => Duel.Relative(Value, BuiltInValue);
}

/// <summary>Holds one of our losses against one of TorchSharp's: on the same tensors, and along two trainings from the same weights.</summary>
static class Duel
{
    const int Rows = 32;

    /// <summary>Rows whose forward and backward are timed.</summary>
    public const int TimedRows = 1024;

    const int Timings = 15;
    const double Rate = 0.05;

    /// <summary>Runs it; null where the loss has no built-in counterpart with the same inputs.</summary>
    public static DuelResult? Run(LossChoice loss, int steps)
    {
        using var threads = new FewThreads(0);
        using var arena = HasCounterpart(loss.Info) ? Arena.For(loss) : null;
        if (arena is null)
        {
            return null;
        }

        var theirs = BuiltInLoss.Create(loss.Info.BuiltIn!)!;
        using var theirModule = theirs.Module;
        using var ourModule = loss.Spec.Create();
        string[] names = [.. loss.Info.Inputs.Select(i => i.Name)];
        Tensor Ours(Tensor[] x) => ourModule.Evaluate(Named(names, x)).sum();
        Tensor Theirs(Tensor[] x) => theirs.Call(x).sum();

        var (value, gradients) = Once(arena, Ours);
        var (otherValue, otherGradients) = Once(arena, Theirs);
        var (ourPath, ourWeights) = Train(arena, Ours, steps);
        var (theirPath, theirWeights) = Train(arena, Theirs, steps);
        var (ourTime, theirTime) = Time(arena, Ours, Theirs);
        return new(
            loss.Title,
            theirs.Name,
            arena.About,
            value,
            otherValue,
            Largest(gradients, otherGradients) / Math.Max(1e-30, otherGradients.Append(1e-30).Max(Math.Abs)),
            steps,
            ourPath.Zip(theirPath).Max(p => Relative(p.First, p.Second)),
            Largest(ourWeights, theirWeights),
            ourTime,
            theirTime
        );
    }

    /// <summary>A difference in relation to its size, or as it is where the numbers are small.</summary>
    public static double Relative(double a, double b) =>
        a.Equals(b) ? 0 : Math.Abs(a - b) / Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)));

    /// <summary>TorchSharp has a loss that it names, with the same inputs.</summary>
    public static bool HasCounterpart(LossInfo info)
    {
        var other = LossCatalog.All.FirstOrDefault(l => l.Name == info.BuiltIn && l.Family == Family.Standard);
        return other is not null
            && Required(info).Select(i => Kind(i.Role)).SequenceEqual(Required(other).Select(i => Kind(i.Role)));
    }

    static IEnumerable<InputInfo> Required(LossInfo info) => info.Inputs.Where(i => !i.Optional);

    /// <summary>Logits and predictions are both just numbers.</summary>
    static Role Kind(Role role) => role is Role.Prediction ? Role.Logits : role;

    static TensorArguments Named(string[] names, Tensor[] inputs)
    {
        var arguments = new TensorArguments();
        for (var i = 0; i < inputs.Length; i++)
        {
            arguments[names[i]] = inputs[i];
        }

        return arguments;
    }

    /// <summary>Value and gradients by all inputs that come from the model, for the first batch.</summary>
    static (double Value, double[] Gradients) Once(Arena arena, Func<Tensor[], Tensor> loss)
    {
        using var scope = NewDisposeScope();
        using var model = arena.CreateModel();
        var inputs = Leaves(arena.Arguments(model, 0, Rows));
        var value = loss(inputs);
        value.backward();
        var gradients = inputs.Where(x => x.requires_grad).SelectMany(x => Numbers(x.grad ?? zeros_like(x)));
        return (value.ToDouble(), gradients.ToArray());
    }

    /// <summary>The losses of all steps of plain gradient descent, and the weights after them.</summary>
    static (double[] Losses, double[] Weights) Train(Arena arena, Func<Tensor[], Tensor> loss, int steps)
    {
        using var outer = NewDisposeScope();
        using var model = arena.CreateModel();
        using var optimizer = optim.SGD(model.parameters(), Rate);
        var losses = new double[steps];
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var value = loss(arena.Arguments(model, step, Rows));
            value.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 5);
            optimizer.step();
            losses[step] = value.ToDouble();
        }

        return (losses, [.. model.parameters().SelectMany(p => Numbers(p.detach()))]);
    }

    /// <summary>Medians of forward and backward, both taking turns, in milliseconds.</summary>
    static (double Ours, double Theirs) Time(Arena arena, Func<Tensor[], Tensor> ours, Func<Tensor[], Tensor> theirs)
    {
        using var scope = NewDisposeScope();
        using var model = arena.CreateModel();
        var inputs = Leaves(arena.Arguments(model, 0, TimedRows));
        var times = new List<(double Ours, double Theirs)>();
        for (var i = 0; i < Timings + 2; i++)
        {
            times.Add((Milliseconds(ours, inputs), Milliseconds(theirs, inputs)));
        }

        var warm = times.Skip(2).ToList();
        return (Spread.Median(warm.Select(t => t.Ours)), Spread.Median(warm.Select(t => t.Theirs)));
    }

    static double Milliseconds(Func<Tensor[], Tensor> loss, Tensor[] inputs)
    {
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        loss(inputs).backward();
        return clock.Elapsed.TotalMilliseconds;
    }

    /// <summary>Copies that ask for gradients where the model made them.</summary>
    static Tensor[] Leaves(Tensor[] inputs) =>
        [.. inputs.Select(x => x.requires_grad ? x.detach().clone().requires_grad_() : x.detach())];

    static double Largest(double[] a, double[] b) =>
        a.Length == 0 ? 0 : a.Zip(b).Max(p => p.First.Equals(p.Second) ? 0 : Math.Abs(p.First - p.Second));

    static double[] Numbers(Tensor values) => values.to(float64).cpu().reshape(-1).data<double>().ToArray();
}
