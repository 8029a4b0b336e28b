namespace TorchLoss;

/// <summary>Conservative Q-learning: holds down the values of actions that nobody tried; to be added to <see cref="DQNLoss"/>.</summary>
/// <remarks>
/// Per step <c>ℓ = α (T log Σ_a e^(Q(s, a)/T) − Q(s, a_data))</c>, in units of Q: a soft maximum over all actions less the value of the one on record.
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"\alpha \left( T \log \sum_a e^{Q(s, a) / T} - Q(s, a_{\mathcal{D}}) \right)",
    Source = "Kumar, Zhou, Tucker and Levine 2020, Conservative Q-Learning for Offline Reinforcement Learning, arXiv:2006.04779, eq. (4)",
    Function = "cql_loss"
)]
public sealed partial class CQLLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("q_values", "B C", Role.Prediction), new("actions", "B", Role.ClassIndex)];

    /// <param name="q_values">Values of all actions (B, C).</param>
    /// <param name="actions">The actions on record (B), int64.</param>
    /// <param name="alpha">Weight α.</param>
    /// <param name="temperature">Temperature T of the soft maximum, in units of Q.</param>
    /// <param name="reduction">None keeps one loss a sample, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor q_values,
        Tensor actions,
        [AtLeast(0)] double alpha = 1.0,
        [Positive] double temperature = 1.0,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(CQLLoss);
        InputCheck.Floating(q_values, loss);
        InputCheck.Dimensions(q_values, 2, "(B, actions)", loss);
        InputCheck.Indices(actions, loss);
        InputCheck.Dimensions(actions, 1, "(B)", loss);
        InputCheck.Size(actions, 0, q_values.shape[0], "as in q_values", loss);
        InputCheck.SameDevice(actions, q_values, loss);
        InputCheck.IndexRange(actions, q_values.shape[1], null, loss);
        var log_p = log_softmax(q_values.Upcast() / temperature, 1);
        return (log_p.gather(1, actions.unsqueeze(1)).squeeze(1) * (-alpha * temperature)).Reduce(reduction);
    }
}
