namespace TorchLoss;

/// <summary>What losses share that assign each view of a sample to prototypes and let the other views predict the assignment.</summary>
static class CrossViews
{
    /// <summary>Of each sample (B), the cross entropy of all pairs of different views: −Σ q log p, in nats, averaged over them.</summary>
    /// <param name="assigned">Probabilities q (V, B, K).</param>
    /// <param name="log_predicted">Logarithms of p (W, B, K); view i of both is the same one, and no pair.</param>
    /// <remarks>Without a pair the loss is 0, still in the graph.</remarks>
    public static Tensor CrossEntropy(Tensor assigned, Tensor log_predicted)
    {
        var (v, w) = (assigned.shape[0], log_predicted.shape[0]);
        var pairs = assigned.transpose(0, 1).bmm(log_predicted.permute(1, 2, 0));
        var same = eye(v, w, dtype: ScalarType.Bool, device: assigned.device);
        return pairs.masked_fill(same, 0).sum([1, 2]) / -Math.Max(1, v * w - Math.Min(v, w));
    }

    /// <summary>Refuses everything but scores (V, B, K), and others than those of the same samples and prototypes.</summary>
    public static void Check(Tensor scores, Tensor? like, string loss, string name, string likeName)
    {
        InputCheck.Floating(scores, loss, name);
        InputCheck.Dimensions(scores, 3, "(views, B, K)", loss, name);
        if (like is not null)
        {
            InputCheck.SameDevice(scores, like, loss, name, likeName);
            InputCheck.Size(scores, 2, like.shape[2], $"the prototypes of {likeName}", loss, name);
        }
    }

    /// <summary>Assigns samples to prototypes evenly (Sinkhorn and Knopp): probabilities over dimension 2, of scores (V, B, K).</summary>
    /// <remarks>
    /// In turn each prototype gets the same share of the batch and each sample a total of 1. Kept in logarithms: exp(score / ε) is
    /// infinite in float32 for scores from 4.4 on at ε = 0.05.
    /// </remarks>
    public static Tensor Codes(Tensor scores, long iterations, double epsilon)
    {
        var codes = scores / epsilon;
        for (var i = 0; i < iterations; i++)
        {
            codes = codes - codes.logsumexp(1, keepdim: true);
            codes = codes - codes.logsumexp(2, keepdim: true);
        }

        return codes.exp();
    }
}
