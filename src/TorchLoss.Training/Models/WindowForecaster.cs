namespace TorchLoss.Training;

/// <summary>What a <see cref="WindowForecaster"/> adds its network's output to: what it forecasts before it has learnt anything.</summary>
public enum ForecastAnchor
{
    /// <summary>The last value, as for a series that wanders.</summary>
    Last,

    /// <summary>The mean of the window, as for a series that comes back to it.</summary>
    Mean,

    /// <summary>The last values, as many as are forecast: the last season where the horizon is one.</summary>
    Season,

    /// <summary>A level that is given, such as the mean of the training part, as for a series whose windows are too short to know it.</summary>
    Level,
}

/// <summary>
/// A model of windows of a series in the series' own units: it sees what a window is above its last value, its mean or a level, in units of the
/// series' spread, and says what is added to the anchor. So a trend may carry the series beyond all that was seen in training.
/// </summary>
public sealed class WindowForecaster : nn.Module<Tensor, Tensor>
{
    readonly nn.Module<Tensor, Tensor> _network;
    readonly SeriesWindows _windows;
    readonly double _scale;
    readonly int _quantiles;
    readonly ForecastAnchor _anchor;
    readonly bool _root;
    readonly double _level;

    /// <summary>Makes it; the same seed gives the same weights.</summary>
    /// <param name="windows">The windows; of longer ones it sees the last values.</param>
    /// <param name="scale">The spread of the series' training part, of its roots where those are taken; positive.</param>
    /// <param name="hidden">The widths of hidden layers; none makes it linear.</param>
    /// <param name="quantiles">How many quantiles each step has; 0 for a single forecast.</param>
    /// <param name="seed">Decides the initial weights.</param>
    /// <param name="anchor">What the network's output is added to.</param>
    /// <param name="root">
    /// Whether the network sees and says square roots, as suits counts: they spread the more, the larger they are, their roots do not.
    /// </param>
    /// <param name="level">The level of that anchor, in the units of the series.</param>
    public WindowForecaster(
        SeriesWindows windows,
        double scale,
        IReadOnlyList<int> hidden,
        int quantiles = 0,
        long seed = 0,
        ForecastAnchor anchor = ForecastAnchor.Last,
        bool root = false,
        double level = 0
    )
        : base(nameof(WindowForecaster))
    {
        if (scale is not (> 0 and < double.PositiveInfinity))
            throw new ArgumentException($"the scale must be positive, not {scale}");
        if (anchor is ForecastAnchor.Season && windows.Past < windows.Horizon)
            throw new ArgumentException($"a past of {windows.Past} holds no season of {windows.Horizon} steps");
        _network = Models.Mlp(windows.Past, windows.Horizon * Math.Max(1, quantiles), hidden, 0, seed);
        _windows = windows;
        _scale = scale;
        _quantiles = quantiles;
        _anchor = anchor;
        _root = root;
        _level = root ? Math.Sqrt(Math.Max(0, level)) : level;
        RegisterComponents();
    }

    /// <summary>The forecasts of (n, past) windows: (n, horizon), or (n, horizon, quantiles).</summary>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var seen = LastOf(input, _windows.Past);
        if (_root)
            seen = seen.clamp_min(0).sqrt();
        var centre = _anchor switch
        {
            ForecastAnchor.Last => LastOf(seen, 1),
            ForecastAnchor.Level => full(seen.shape[0], 1, _level),
            _ => seen.mean([1], keepdim: true),
        };
        var change = _network.call((seen - centre) / _scale).reshape(input.shape[0], _windows.Horizon, -1) * _scale;
        var anchor = _anchor is ForecastAnchor.Season ? LastOf(seen, _windows.Horizon) : centre;
        var output = anchor.unsqueeze(2) + change;
        if (_root)
            output = output.clamp_min(0).square();
        return (_quantiles == 0 ? output.squeeze(2) : output).MoveToOuterDisposeScope();
    }

    static Tensor LastOf(Tensor values, int count) => values.narrow(1, values.shape[1] - count, count);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _network.Dispose();
        base.Dispose(disposing);
    }
}
