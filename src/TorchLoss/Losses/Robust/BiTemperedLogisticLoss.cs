namespace TorchLoss;

/// <summary>Bi-tempered logistic loss: bounded against far outliers (t1), and with heavy tails against wrong labels near the border (t2).</summary>
/// <remarks>
/// Per position <c>ℓ = Σ_k q_k (log_t1 q_k − log_t1 p_k) − (q_k^(2 − t1) − p_k^(2 − t1)) / (2 − t1)</c>, without unit, with the tempered softmax
/// <c>p = exp_t2(x − λ)</c>, <c>log_t(u) = (u^(1 − t) − 1) / (1 − t)</c> and exp_t its inverse; t1 = t2 = 1 is cross entropy (nats). λ makes p add up
/// to 1; it is found by Newton's method, to which two steps with gradient are added, so that p and its derivatives are exact
/// where five fixed-point iterations leave the sum off by up to a percent. Target: distributions (N, C, *) or class indices (N, *).
/// Smoothing takes ε from the label and gives each other class ε / (C − 1). All powers are taken of logarithms: p may round to 0.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"\sum_k q_k \big(\log_{t_1} q_k - \log_{t_1} p_k\big) - \frac{q_k^{2 - t_1} - p_k^{2 - t_1}}{2 - t_1}, \quad p = \exp_{t_2}(x - \lambda)",
    Source = "Amid, Warmuth, Anil and Koren 2019, Robust Bi-Tempered Logistic Loss Based on Bregman Divergences, arXiv:1906.03361"
)]
public sealed partial class BiTemperedLogisticLoss : SoftmaxLoss
{
    /// <param name="t1">Temperature of the logarithm: below 1 the loss is bounded.</param>
    /// <param name="t2">Temperature of the softmax: above 1 its tails are heavy, below 1 unlikely classes get exactly 0.</param>
    /// <param name="label_smoothing">Share ε of the target that goes to the other classes.</param>
    /// <param name="num_iters">Iterations for λ.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(0, 1)] double t1,
        [Positive] double t2,
        [Between(0, 1)] double label_smoothing = 0,
        [AtLeast(1)] long num_iters = 5,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(BiTemperedLogisticLoss);
        if (t1 >= 1 && t2 < 1)
        {
            throw new ArgumentException(
                $"{loss}: with t2 below 1 some p are 0, and with t1 = 1 they cost infinity.",
                nameof(t1)
            );
        }

        if (!target.is_floating_point())
        {
            return Compose(
                loss,
                input,
                target,
                sample_weight,
                ignore_index,
                reduction,
                (logits, index) =>
                    Losses(logits, zeros_like(logits).scatter(1, index, ones_like(index, dtype: logits.dtype)))
            );
        }

        SoftTargetCrossEntropy.Check(loss, input, target, null);
        var losses = Losses(input.Upcast(), target.to(input.Upcast().dtype));
        InputCheck.BroadcastsTo(sample_weight, losses, loss);
        return losses.Reduce(reduction, sample_weight);

        Tensor Losses(Tensor logits, Tensor wanted) =>
            Divergence(Smoothed(wanted, label_smoothing), Tempered.Softmax(logits, t2, num_iters), t1);
    }

    /// <summary>The tempered softmax.</summary>
    /// <param name="logits">The logits (N, C, *).</param>
    /// <param name="t2">Temperature, above 0; 1 is the softmax.</param>
    /// <param name="num_iters">Iterations for the normalisation.</param>
    /// <returns>Probabilities of the shape of the logits; over dimension 1 they add up to 1.</returns>
    public static Tensor Probabilities(Tensor logits, double t2, long num_iters = 5)
    {
        InputCheck.Live(logits, nameof(BiTemperedLogisticLoss), nameof(logits));
        InputCheck.Floating(logits, nameof(BiTemperedLogisticLoss));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(t2);
        if (logits.dim() < 2 || logits.shape[1] == 0)
        {
            throw new ArgumentException(
                $"{nameof(BiTemperedLogisticLoss)}: logits must be (N, C, *), got {logits.Shape}.",
                nameof(logits)
            );
        }

        return Tensors.Scoped(() => Tempered.Softmax(logits.Upcast(), t2, num_iters).Power(1));
    }

    static Tensor Smoothed(Tensor target, double smoothing)
    {
        var others = target.shape[1] - 1;
        return smoothing == 0 || others == 0
            ? target
            : target * (1 - smoothing - smoothing / others) + smoothing / others;
    }

    static Tensor Divergence(Tensor q, Tempered p, double t1)
    {
        var some = q.gt(0);
        var wanted = new Tempered(where(some, q, ones_like(q)).log(), some);
        var gain = q * (wanted.Log(t1) - p.Log(t1));
        return (gain - (wanted.Power(2 - t1) - p.Power(2 - t1)) / (2 - t1)).sum(1);
    }

    /// <summary>Probabilities by their logarithms, with a mask of those that are not 0 (whose logarithm is written as 0).</summary>
    /// <param name="LogP">The logarithms.</param>
    /// <param name="Some">Where there is any probability.</param>
    readonly record struct Tempered(Tensor LogP, Tensor Some)
    {
        /// <summary>p^exponent.</summary>
        public Tensor Power(double exponent) => (LogP * exponent).exp() * Some.to(LogP.dtype);

        /// <summary>log_t(p); of a probability of 0 it is −1 / (1 − t), and 0 for t = 1, where it has no other factor than 0.</summary>
        public Tensor Log(double t) =>
            t == 1 ? LogP : where(Some, (LogP * (1 - t)).expm1() / (1 - t), full_like(LogP, -1 / (1 - t)));

        /// <summary>exp_t(x − λ) over dimension 1.</summary>
        public static Tempered Softmax(Tensor logits, double t, long iterations)
        {
            var x = logits - logits.detach().amax([1], keepdim: true);
            Tensor shift;
            using (no_grad())
            {
                shift = zeros_like(x.narrow(1, 0, 1));
                for (var i = 0; i < iterations; i++)
                {
                    shift = Newton(x, shift, t);
                }
            }

            // one step makes the gradient right, a second one the derivatives of the gradient
            return Exp(x - Newton(x, Newton(x, shift, t), t), t);
        }

        /// <remarks>
        /// Newton's step for log_t Σ p = 0 rather than Σ p = 1: this is almost linear in λ (exactly so for t = 1), and from the
        /// largest logit on the steps never go too far.
        /// </remarks>
        static Tensor Newton(Tensor x, Tensor shift, double t)
        {
            var p = Exp(x - shift, t);
            var log_sum = p.Power(1).sum(1, keepdim: true).log();
            var log_t = t == 1 ? log_sum : (log_sum * (1 - t)).expm1() / (1 - t);
            return shift + log_t * (log_sum * t).exp() / p.Power(t).sum(1, keepdim: true);
        }

        static Tempered Exp(Tensor u, double t)
        {
            if (t == 1)
            {
                return new(u, ones_like(u, dtype: ScalarType.Bool));
            }

            var inner = u * (1 - t);
            var some = inner.gt(-1);
            return new(where(some, inner, zeros_like(inner)).log1p() / (1 - t), some);
        }
    }
}
