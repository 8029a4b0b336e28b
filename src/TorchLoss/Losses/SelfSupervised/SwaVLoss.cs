namespace TorchLoss;

/// <summary>SwaV: views of an image swap the clusters they are assigned to, while the batch is spread evenly over all clusters.</summary>
/// <remarks>
/// Per sample the cross entropy <c>−Σ_k q_k log softmax(z / T)_k</c> (nats) of each high-resolution view's code q with every other view's
/// scores z, averaged over these pairs. Codes are made without gradient by Sinkhorn's iterations from <c>exp(z / ε)</c>, in logarithms,
/// so that they do not overflow. Shapes: high_resolution_outputs (V, B, K), low_resolution_outputs (W, B, K), queue_outputs
/// (V, Q, K): scores against K prototypes, the views stacked. With a single view there is no pair, and the loss is 0.
/// </remarks>
[Loss(
    Family.SelfSupervised,
    Formula = @"-\frac{1}{V (V + W - 1)} \sum_{v \ne w} \sum_k q^v_k \log \mathrm{softmax}(z^w / T)_k",
    Source = "Caron, Misra, Mairal, Goyal, Bojanowski and Joulin 2020, Unsupervised Learning of Visual Features by Contrasting Cluster Assignments, arXiv:2006.09882",
    Function = "swav_loss"
)]
public sealed partial class SwaVLoss : LossModule1
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("high_resolution_outputs", "V B K", Role.Logits),
        new("low_resolution_outputs", "W B K", Role.Logits) { Optional = true },
        new("queue_outputs", "V Q K", Role.Target) { Optional = true },
    ];

    /// <param name="temperature">Temperature T of the predictions.</param>
    /// <param name="sinkhorn_iterations">How often the codes are evened out.</param>
    /// <param name="sinkhorn_epsilon">Temperature ε of the codes: the lower, the surer the assignments.</param>
    /// <param name="low_resolution_outputs">Scores (W, B, K) of small crops, which predict and are not assigned.</param>
    /// <param name="queue_outputs">Scores (V, Q, K) of earlier samples, which only help to even out the codes of a small batch.</param>
    /// <param name="reduction">None keeps the samples' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor high_resolution_outputs,
        [Positive] double temperature = 0.1,
        [AtLeast(1)] long sinkhorn_iterations = 3,
        [Positive] double sinkhorn_epsilon = 0.05,
        [Input] Tensor? low_resolution_outputs = null,
        [Input] Tensor? queue_outputs = null,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(high_resolution_outputs, low_resolution_outputs, queue_outputs);
        var high = high_resolution_outputs.Upcast();
        var views = low_resolution_outputs is null ? high : cat([high, low_resolution_outputs.to(high.dtype)], 0);
        Tensor codes;
        using (no_grad())
        {
            var scores = queue_outputs is null ? high : cat([high, queue_outputs.to(high.dtype)], 1);
            codes = CrossViews.Codes(scores, sinkhorn_iterations, sinkhorn_epsilon).narrow(1, 0, high.shape[1]);
        }

        return CrossViews.CrossEntropy(codes, log_softmax(views / temperature, 2)).Reduce(reduction);
    }

    static void Check(Tensor high_resolution_outputs, Tensor? low_resolution_outputs, Tensor? queue_outputs)
    {
        const string loss = nameof(SwaVLoss);
        const string high = nameof(high_resolution_outputs);
        CrossViews.Check(high_resolution_outputs, null, loss, high, "");
        if (low_resolution_outputs is not null)
        {
            CrossViews.Check(
                low_resolution_outputs,
                high_resolution_outputs,
                loss,
                nameof(low_resolution_outputs),
                high
            );
            InputCheck.Size(
                low_resolution_outputs,
                1,
                high_resolution_outputs.shape[1],
                $"the samples of {high}",
                loss
            );
        }

        if (queue_outputs is not null)
        {
            CrossViews.Check(queue_outputs, high_resolution_outputs, loss, nameof(queue_outputs), high);
            InputCheck.Size(queue_outputs, 0, high_resolution_outputs.shape[0], $"the views of {high}", loss);
        }
    }
}
