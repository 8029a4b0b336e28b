namespace TorchLoss.Training;

/// <summary>
/// A model of windows of a series in the series' own units: it sees what a window is above its last value, in units of the
/// series' spread, and says what is added to that value. So a trend may carry the series beyond all that was seen in training.
/// </summary>
public sealed class WindowForecaster : nn.Module<Tensor, Tensor>
{
    readonly nn.Module<Tensor, Tensor> _network;
    readonly double _scale;
    readonly int _quantiles;

    /// <summary>Makes it; the same seed gives the same weights.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="scale">The spread of the series' training part; positive.</param>
    /// <param name="hidden">The widths of hidden layers; none makes it linear.</param>
    /// <param name="quantiles">How many quantiles each step has; 0 for a single forecast.</param>
    /// <param name="seed">Decides the initial weights.</param>
    public WindowForecaster(
        SeriesWindows windows,
        double scale,
        IReadOnlyList<int> hidden,
        int quantiles = 0,
        long seed = 0
    )
        : base(nameof(WindowForecaster))
    {
        if (scale is not (> 0 and < double.PositiveInfinity))
            throw new ArgumentException($"the scale must be positive, not {scale}");
        _network = Models.Mlp(windows.Past, windows.Horizon * Math.Max(1, quantiles), hidden, 0, seed);
        _scale = scale;
        _quantiles = quantiles;
        RegisterComponents();
    }

    /// <summary>The forecasts of (n, past) windows: (n, horizon), or (n, horizon, quantiles).</summary>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var last = input.narrow(1, input.shape[1] - 1, 1);
        var output = last + _network.call((input - last) / _scale) * _scale;
        return (_quantiles == 0 ? output : output.reshape(input.shape[0], -1, _quantiles)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _network.Dispose();
        base.Dispose(disposing);
    }
}
