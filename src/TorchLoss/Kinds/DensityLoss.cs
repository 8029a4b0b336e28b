using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>A loss of a predicted distribution, a place and a spread for each element, against the number that came.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class DensityLoss(Reduction reduction = Reduction.Mean) : LossModule3(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Prediction),
        new("target", "*", Role.Target),
        new("scale", "*", Role.Positive),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <summary>Refuses what does not fit and brings all to one type, float32 for half precision.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The predicted place, any shape.</param>
    /// <param name="target">What came, the shape of input.</param>
    /// <param name="spread">The predicted spread, the shape of input, above 0 (checked on the CPU).</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses.</param>
    /// <param name="name">What the loss calls the spread.</param>
    internal static (Tensor Input, Tensor Target, Tensor Spread) Read(
        string loss,
        Tensor input,
        Tensor target,
        Tensor spread,
        Tensor? sample_weight,
        [CallerArgumentExpression(nameof(spread))] string name = ""
    )
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        InputCheck.Like(spread, input, loss, name);
        InputCheck.Above(spread, 0, loss, name: name);
        InputCheck.BroadcastsTo(sample_weight, input, loss);
        var own = input.Upcast();
        return (own, target.to(own.dtype), spread.to(own.dtype));
    }
}

/// <summary>The gamma function where likelihoods need it: differences of large logarithms, taken before they cancel.</summary>
static class GammaFunction
{
    /// <summary>From here on the asymptotic series below are exact in float64.</summary>
    const double Large = 60;

    /// <summary>log Γ(x) − x log x + x, what Stirling's formula leaves over: about −½ log(x / 2π).</summary>
    public static Tensor Remainder(Tensor x)
    {
        var large = x.gt(Large);
        var near = where(large, ones_like(x), x);
        var inverse = where(large, x, full_like(x, Large).detach()).reciprocal();
        var square = inverse.square();
        var series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)));
        return where(
            large,
            (inverse.log() + Math.Log(2 * Math.PI)) * 0.5 + series,
            near.lgamma() - near * near.log() + near
        );
    }

    /// <summary>log Γ(x + ½) − log Γ(x).</summary>
    public static Tensor HalfStep(Tensor x)
    {
        var large = x.gt(Large);
        var near = where(large, ones_like(x), x);
        var far = where(large, x, full_like(x, Large).detach());
        var i = far.reciprocal();
        var factor =
            i
            * (
                -1.0 / 8
                + i
                    * (
                        1.0 / 128
                        + i * (5.0 / 1024 + i * (-21.0 / 32768 + i * (-399.0 / 262144 + i * (869.0 / 4194304))))
                    )
            );
        return where(large, far.log() * 0.5 + factor.log1p(), (near + 0.5).lgamma() - near.lgamma());
    }

    /// <summary>log y! − y log y + y of counts y; 0 at 0.</summary>
    public static Tensor OfCount(Tensor count)
    {
        var some = count.gt(0);
        var y = where(some, count, ones_like(count));
        return where(some, Remainder(y) + y.log(), zeros_like(y));
    }
}
