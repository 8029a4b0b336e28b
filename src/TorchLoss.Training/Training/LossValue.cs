namespace TorchLoss.Training;

/// <summary>A loss with its graph.</summary>
/// <param name="Total">The loss, one number.</param>
/// <param name="Terms">What it adds up, where it is such a sum.</param>
internal readonly record struct LossValue(Tensor Total, Tensor[] Terms)
{
    /// <summary>The loss, then its terms. One copy from the device, however many there are.</summary>
    public double[] Read()
    {
        if (Terms.Length == 0)
            return [Total.ToDouble()];
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var all = new[] { Total }.Concat(Terms).Select(value => value.to(float64).reshape(1));
        return cat([.. all], 0).cpu().data<double>().ToArray();
    }
}
