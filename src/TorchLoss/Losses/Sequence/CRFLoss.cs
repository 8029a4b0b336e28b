namespace TorchLoss;

/// <summary>How <see cref="CRFLoss"/> makes one value of the losses of its sequences.</summary>
public enum CRFReduction
{
    /// <summary>Keeps them (B).</summary>
    None,

    /// <summary>Adds them up.</summary>
    Sum,

    /// <summary>Averages them.</summary>
    Mean,

    /// <summary>Adds them up and divides by the number of steps that count.</summary>
    TokenMean,
}

/// <summary>Conditional random field of a chain: a tag for each step, learned together with which tag may follow which.</summary>
/// <remarks>
/// Per sequence <c>ℓ = log Σ_(all tags) e^score − score(tags)</c> (nats), the score being that of the first tag to start with, of the last to
/// end with, of each step's tag (emissions) and of each transition, from row to column. The sum over all sequences of tags
/// comes step by step, in logarithms. The mask counts from the first step on and has no holes; what lies behind it, tags
/// out of range and NaN included, is not read. Shapes: emissions (B, T, K), tags (B, T).
/// </remarks>
[Loss(
    Family.Sequence,
    Formula = @"\log \sum_{y'} e^{s(y')} - s(y), \quad s(y) = a_{y_1} + \sum_t x_{t, y_t} + \sum_{t > 1} A_{y_{t-1}, y_t} + b_{y_T}",
    Source = "Lafferty, McCallum and Pereira 2001, Conditional Random Fields, ICML; pytorch-crf",
    Aliases = "LinearChainCRFLoss"
)]
public sealed partial class CRFLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("emissions", "B T C", Role.Logits),
        new("tags", "B T", Role.ClassIndex),
        new("mask", "B T", Role.Mask) { Optional = true },
    ];

    /// <param name="emissions">Scores of the tags at each step (B, T, K).</param>
    /// <param name="tags">The right tags (B, T), int64.</param>
    /// <param name="start_transitions">Scores to start with each tag.</param>
    /// <param name="end_transitions">Scores to end with each tag.</param>
    /// <param name="transitions">Scores of each tag, row, to be followed by each, column.</param>
    /// <param name="reduction">How the losses of the sequences become one value.</param>
    /// <param name="mask">True, or other than 0, at the steps that count (B, T); null counts all.</param>
    static Tensor Compute(
        Tensor emissions,
        Tensor tags,
        [Learned("num_tags", Initial = Initial.Normal)] Tensor start_transitions,
        [Learned("num_tags", Initial = Initial.Normal)] Tensor end_transitions,
        [Learned("num_tags num_tags", Initial = Initial.Normal)] Tensor transitions,
        CRFReduction reduction = CRFReduction.Sum,
        [Input] Tensor? mask = null
    )
    {
        var counts = Check(emissions, tags, start_transitions, end_transitions, transitions, mask);
        var x = emissions.Upcast();
        var chain = new Chain(start_transitions.to(x.dtype), end_transitions.to(x.dtype), transitions.to(x.dtype));
        x = where(counts.unsqueeze(2), x, zeros_like(x));
        var losses = chain.All(x, counts) - chain.Of(x, where(counts, tags, zeros_like(tags)), counts);
        return reduction switch
        {
            CRFReduction.None => losses,
            CRFReduction.Sum => losses.sum(),
            CRFReduction.Mean => losses.Reduce(Reduction.Mean),
            _ => losses.sum().SafeDivide(counts.sum().to(x.dtype)),
        };
    }

    readonly record struct Chain(Tensor Start, Tensor End, Tensor Transitions)
    {
        /// <summary>log Σ e^score over all sequences of tags (B).</summary>
        public Tensor All(Tensor emissions, Tensor counts)
        {
            var scores = Start + emissions.select(1, 0);
            for (var t = 1; t < emissions.shape[1]; t++)
            {
                var next = (scores.unsqueeze(2) + Transitions).logsumexp(1) + emissions.select(1, t);
                scores = where(counts.select(1, t).unsqueeze(1), next, scores);
            }

            return (scores + End).logsumexp(1);
        }

        /// <summary>The score of given tags (B).</summary>
        public Tensor Of(Tensor emissions, Tensor tags, Tensor counts)
        {
            var steps = tags.shape[1];
            var own = emissions.gather(2, tags.unsqueeze(2)).squeeze(2).sum(dim: 1);
            var last = tags.gather(1, counts.sum(1, keepdim: true) - 1).squeeze(1);
            var ends = Start.index_select(0, tags.select(1, 0)) + End.index_select(0, last);
            var pair = tags.narrow(1, 0, steps - 1) * End.shape[0] + tags.narrow(1, 1, steps - 1);
            var moves = Transitions.flatten().index_select(0, pair.flatten()).view(pair.shape);
            return own + ends + where(counts.narrow(1, 1, steps - 1), moves, zeros_like(moves)).sum(dim: 1);
        }
    }

    static Tensor Check(
        Tensor emissions,
        Tensor tags,
        Tensor start_transitions,
        Tensor end_transitions,
        Tensor transitions,
        Tensor? mask
    )
    {
        const string loss = nameof(CRFLoss);
        InputCheck.Floating(emissions, loss);
        InputCheck.Dimensions(emissions, 3, "(B, T, K)", loss);
        InputCheck.Size(emissions, 2, start_transitions.shape[0], "num_tags", loss);
        InputCheck.Size(emissions, 1, Math.Max(1, emissions.shape[1]), "at least one step", loss);
        InputCheck.Indices(tags, loss);
        InputCheck.SameDevice(tags, emissions, loss);
        if (!tags.shape.AsSpan().SequenceEqual(emissions.shape.AsSpan()[..2]))
        {
            throw new ArgumentException(
                $"{loss}: emissions (B, T, K) and tags (B, T) expected, got {emissions.Shape} and {tags.Shape}.",
                nameof(tags)
            );
        }

        foreach (var own in new[] { start_transitions, end_transitions, transitions })
        {
            InputCheck.SameDevice(own, emissions, loss, "the module", nameof(emissions));
        }

        var counts = mask?.ne(0) ?? ones_like(tags).ne(0);
        if (mask is not null)
        {
            InputCheck.SameShape(mask, tags, loss);
            InputCheck.SameDevice(mask, emissions, loss);
            CheckPrefix(counts);
        }

        InputCheck.IndexRange(where(counts, tags, zeros_like(tags)), emissions.shape[2], null, loss, nameof(tags));
        return counts;
    }

    /// <summary>Refuses masks with holes, and sequences without a step (on the CPU; on CUDA reading them would stall the stream).</summary>
    static void CheckPrefix(Tensor counts)
    {
        if (counts.device_type is not DeviceType.CPU || counts.numel() == 0)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var rises = counts.to(ScalarType.Int64).diff().gt(0).any().item<bool>();
        if (rises || !counts.select(1, 0).all().item<bool>())
        {
            throw new ArgumentException(
                $"{nameof(CRFLoss)}: mask must be true from the first step of each sequence on, without holes.",
                "mask"
            );
        }
    }
}
