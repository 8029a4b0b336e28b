namespace TorchLoss;

/// <summary>Cross entropy of a language model's last layer and its hidden states in one: the logits are never all in memory.</summary>
/// <remarks>
/// Per token, with logits <c>z = softcap · tanh((W h + b) / softcap)</c> over the V entries of the vocabulary (z = W h + b without
/// softcap): <c>ℓ = −(1 − ε) w_y log p_y − ε · mean_k w_k log p_k + λ · (log Σ_k exp z_k)²</c> (nats), with w the class weights.
/// The mean divides the first two terms by the summed w_y and the last by the number of tokens, of those that count; where
/// nothing counts it is 0. Shapes: input (N, *, H), weight (V, H), target (N, *), bias (V).
/// <para>
/// In float32 on the CPU tokens go through in blocks: the logits of a block become its gradient in place, and the gradients
/// of input, weight and bias are finished when forward returns. Memory beyond these is one block, at most 64 MB or 64 tokens.
/// Unreduced losses that need a gradient, class weights together with smoothing, second derivatives, float64 and other devices
/// take the direct way, which holds all logits.
/// </para>
/// </remarks>
[Loss(
    Family.Language,
    Formula = @"-\log \operatorname{softmax}(W h + b)_y",
    Source = "Hsu et al. 2024, Liger Kernel, arXiv:2410.10989, section 3.2; Wijmans et al. 2024, Cut Your Losses in Large-Vocabulary Language Models, arXiv:2411.09009",
    Aliases = "LinearCrossEntropyLoss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class FusedLinearCrossEntropyLoss : LossModule3
{
    const string Name = nameof(FusedLinearCrossEntropyLoss);

    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N * H", Role.Prediction),
        new("weight", "V H", Role.Prediction),
        new("target", "N *", Role.ClassIndex),
        new("bias", "V", Role.Prediction) { Optional = true },
        new("ce_weight", "V", Role.Weight) { Optional = true },
    ];

    /// <param name="input">Hidden states (N, *, H).</param>
    /// <param name="weight">The last layer's weight (V, H); often the embedding of the tokens.</param>
    /// <param name="target">The wanted tokens (N, *), int64.</param>
    /// <param name="bias">The last layer's bias (V), or null.</param>
    /// <param name="ce_weight">Weight of each entry of the vocabulary, (V); null weighs all the same.</param>
    /// <param name="lse_square_scale">λ, which keeps log Σ exp z near 0 (z-loss).</param>
    /// <param name="label_smoothing">Share ε of the target that is spread over the whole vocabulary.</param>
    /// <param name="softcap">Bound of the logits, reached smoothly; null leaves them as they are.</param>
    /// <param name="ignore_index">Target value of tokens that do not count.</param>
    /// <param name="shift">Each position predicts the target of the next one: the last state and the first target are left out.</param>
    /// <param name="reduction">None keeps one loss a token, Sum adds them up, Mean averages over the tokens that count.</param>
    static Tensor Compute(
        Tensor input,
        Tensor weight,
        Tensor target,
        [Input] Tensor? bias = null,
        [Input] Tensor? ce_weight = null,
        [AtLeast(0)] double lse_square_scale = 0.0,
        [Between(0, 1)] double label_smoothing = 0.0,
        [Positive] double? softcap = null,
        long ignore_index = -100,
        bool shift = false,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(input, weight, target, bias, ce_weight, ignore_index);
        var (states, wanted) = shift ? Shifted(input, target) : (input, target);
        var dtype = new[] { input, weight, bias ?? weight }.Any(t => t.dtype is ScalarType.Float64)
            ? ScalarType.Float64
            : ScalarType.Float32;
        var layer = new LinearLayer(
            states.reshape(wanted.numel(), input.shape[^1]).to(dtype),
            weight.to(dtype),
            bias?.to(dtype)
        );
        var options = new LinearCrossEntropyOptions(
            lse_square_scale,
            label_smoothing,
            softcap,
            ignore_index,
            reduction
        );
        var loss = LinearCrossEntropy.Evaluate(layer, wanted.flatten(), ce_weight, options);
        return reduction is Reduction.None ? loss.view(wanted.shape) : loss;
    }

    static (Tensor States, Tensor Wanted) Shifted(Tensor input, Tensor target)
    {
        var (at, pairs) = (target.dim() - 1, Math.Max(0, target.shape[^1] - 1));
        return (input.narrow(at, 0, pairs), target.narrow(at, target.shape[^1] - pairs, pairs));
    }

    static void Check(Tensor input, Tensor weight, Tensor target, Tensor? bias, Tensor? ce_weight, long ignore_index)
    {
        InputCheck.Floating(input, Name);
        InputCheck.Floating(weight, Name);
        InputCheck.Dimensions(weight, 2, "(V, H)", Name);
        InputCheck.SameDevice(weight, input, Name);
        InputCheck.SameDevice(target, input, Name);
        if (input.dim() < 2 || !target.shape.AsSpan().SequenceEqual(input.shape.AsSpan()[..^1]))
        {
            throw new ArgumentException(
                $"{Name}: input (N, *, H) and target (N, *) expected, got {input.Shape} and {target.Shape}.",
                nameof(target)
            );
        }

        InputCheck.Size(weight, 1, input.shape[^1], "the size of a hidden state", Name);
        InputCheck.Indices(target, Name);
        InputCheck.IndexRange(target, weight.shape[0], ignore_index, Name);
        CheckVocabulary(bias, weight, nameof(bias));
        CheckVocabulary(ce_weight, weight, nameof(ce_weight));
    }

    static void CheckVocabulary(Tensor? tensor, Tensor weight, string name)
    {
        if (tensor is null)
        {
            return;
        }

        InputCheck.Floating(tensor, Name, name);
        InputCheck.SameDevice(tensor, weight, Name, name);
        InputCheck.Dimensions(tensor, 1, "(V)", Name, name);
        InputCheck.Size(tensor, 0, weight.shape[0], "as in weight", Name, name);
    }
}
