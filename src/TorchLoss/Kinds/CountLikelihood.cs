using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>−log p of counts, so written that neither large counts nor large means cancel.</summary>
static class CountLikelihood
{
    /// <summary>Refuses what are no counts from 0 and no means above 0 (on the CPU), and brings all to one type.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">Means, or their logarithms, any shape.</param>
    /// <param name="target">Counts, the shape of input.</param>
    /// <param name="log_input">Whether input is the logarithm.</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses.</param>
    public static (Tensor Mean, Tensor Count) Read(
        string loss,
        Tensor input,
        Tensor target,
        bool log_input,
        Tensor? sample_weight
    )
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        InputCheck.Above(target, 0, loss, orEqual: true);
        InputCheck.BroadcastsTo(sample_weight, input, loss);
        if (!log_input)
        {
            InputCheck.Above(input, 0, loss, hint: " If it is the logarithm of the mean, say log_input.");
        }

        var own = input.Upcast();
        return (own, target.to(own.dtype));
    }

    /// <summary>A further parameter of each element's distribution: floating point, the shape of input, in its type.</summary>
    public static Tensor Parameter(
        Tensor parameter,
        Tensor input,
        string loss,
        bool positive,
        [CallerArgumentExpression(nameof(parameter))] string name = ""
    )
    {
        InputCheck.Like(parameter, input, loss, name);
        if (positive)
        {
            InputCheck.Above(parameter, 0, loss, name: name);
        }

        return parameter.to(input.Upcast().dtype);
    }

    /// <summary>Poisson: m − y log m + log y!.</summary>
    public static Tensor Poisson(Tensor mean, Tensor count, bool log_input)
    {
        var (log_mean, rate) = log_input ? (mean, mean.exp()) : (mean.log(), mean);
        return Excess(count, log_mean) + (rate - count);
    }

    /// <summary>Negative binomial of a mean m and the dispersion α: the variance is m + α m².</summary>
    /// <remarks>
    /// With r = 1/α the definition is a difference of log Γ(y + r) and log Γ(r), which for a small α are both vast: what
    /// Stirling's formula gives of them is taken together with the other terms, by hand.
    /// </remarks>
    public static Tensor NegativeBinomial(Tensor mean, Tensor count, Tensor alpha, bool log_input)
    {
        var log_mean = log_input ? mean : mean.log();
        var log1p_mean = log_input ? (mean + alpha.log()).Softplus() : (alpha * mean).log1p();
        var r = alpha.reciprocal();
        var ratio = GammaFunction.Remainder(r) - GammaFunction.Remainder(count + r);
        return Excess(count, log_mean) + ratio + (count + r) * (log1p_mean - (alpha * count).log1p());
    }

    /// <summary>
    /// −log of a mixture: with probability σ(gate) it is 0 whatever the distribution says, else the distribution has its say.
    /// </summary>
    public static Tensor ZeroInflated(Tensor gate_logits, Tensor nll, Tensor count)
    {
        var counted = logsigmoid(-gate_logits) - nll;
        return -where(count.eq(0), logaddexp(logsigmoid(gate_logits), counted), counted);
    }

    /// <summary>log y! + y − y log m; for y = 0 it is 0, whatever m.</summary>
    static Tensor Excess(Tensor count, Tensor log_mean)
    {
        var some = count.gt(0);
        var y = where(some, count, ones_like(count));
        return GammaFunction.OfCount(count) + where(some, y * (y.log() - log_mean), zeros_like(y));
    }
}
