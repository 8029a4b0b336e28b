using TorchLoss.Cli.Losses;
using TorchLoss.Reporting;

namespace TorchLoss.Cli.Plots;

/// <summary>Values and slopes of a loss along a line through its inputs.</summary>
static class Curves
{
    /// <summary>The module in float64, in the mode that does not change its state.</summary>
    public static ILoss Module(LossSpec loss, OptionValues options)
    {
        random.manual_seed(1);
        var created = loss.Info.Create(options);
        ((nn.Module)created).to(float64);
        ((nn.Module)created).eval();
        return created;
    }

    /// <summary>The curves of a loss.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="slice">The line.</param>
    /// <param name="from">Where it starts; the slice's own start where this is null.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="points">How many places.</param>
    /// <param name="alone">No other loss is in the picture: curves need not say whose they are.</param>
    public static IReadOnlyList<LossCurve> Of(
        LossSpec loss,
        Slice slice,
        double? from,
        double? to,
        int points,
        bool alone
    )
    {
        using var module = Module(loss, slice.Options);
        var (start, end) = (from ?? slice.From, to ?? slice.To);
        double[] places = [.. Enumerable.Range(0, points).Select(i => start + (end - start) * i / (points - 1))];
        return
        [
            .. slice.Curves.Select(curve =>
            {
                var ends = places.Select(x => At(module, curve.At, x)).ToList();
                var name =
                    alone ? curve.Name
                    : curve.Name.Length == 0 ? loss.Title
                    : $"{loss.Title}, {curve.Name}";
                return new LossCurve(name, places, [.. ends.Select(e => e.Value)], [.. ends.Select(e => e.Slope)]);
            }),
        ];
    }

    /// <summary>Value and slope at a place; a gap where the loss refuses what stands there.</summary>
    static (double Value, double Slope) At(ILoss module, Func<Tensor, TensorArguments> inputs, double place)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1); // a loss that draws draws the same at all places
        var x = tensor(place, dtype: float64).requires_grad_();
        try
        {
            var value = module.Evaluate(inputs(x)).to(float64).mean();
            if (!value.requires_grad)
            {
                return (value.item<double>(), 0);
            }

            value.backward();
            return (value.item<double>(), x.grad?.item<double>() ?? 0);
        }
        catch (ArgumentException)
        {
            return (double.NaN, double.NaN);
        }
    }
}
