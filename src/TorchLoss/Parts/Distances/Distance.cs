namespace TorchLoss;

/// <summary>How near two embeddings are: a distance, or a similarity (<see cref="IsInverted"/>).</summary>
public abstract class Distance : Part
{
    /// <summary>A larger value means closer: it is a similarity.</summary>
    public virtual bool IsInverted => false;

    /// <summary>The value of each row of one batch with each row of another.</summary>
    /// <param name="query">Embeddings (N, D).</param>
    /// <param name="reference">Embeddings (M, D); null compares the batch with itself.</param>
    /// <returns>A matrix (N, M).</returns>
    public Tensor Matrix(Tensor query, Tensor? reference = null)
    {
        var name = GetType().Name;
        InputCheck.Live(query, name, nameof(query));
        InputCheck.LiveOrNull(reference, name, nameof(reference));
        EmbeddingCheck.Rows(query, name);
        if (reference is not null)
        {
            EmbeddingCheck.Fits(reference, query, name);
        }

        return Tensors.Scoped(() => Between(query.Upcast(), reference?.Upcast()));
    }

    /// <summary>How much larger the distance x is than y; for similarities how much smaller.</summary>
    public Tensor Margin(Tensor x, Tensor y) => IsInverted ? y - x : x - y;

    /// <summary>The values turned so that larger means closer.</summary>
    public Tensor Closeness(Tensor matrix) => IsInverted ? matrix : -matrix;

    /// <inheritdoc/>
    public override Tensor Run(TensorArguments inputs) =>
        Matrix(inputs.Need("query_emb", GetType().Name), inputs.Find("ref_emb"));

    /// <summary>The matrix of checked embeddings.</summary>
    internal Tensor Between(Tensor query, Tensor? reference)
    {
        var prepared = Prepare(query);
        return Compare(prepared, reference is null ? prepared : Prepare(reference.to(query.dtype)));
    }

    /// <summary>What is compared.</summary>
    internal Tensor Prepared(Tensor embeddings) => Prepare(embeddings);

    /// <summary>The values are the scalar products of the prepared embeddings, nothing more.</summary>
    internal virtual bool IsProduct => false;

    /// <summary>All that is done to embeddings before they are compared is scaling to length 1.</summary>
    internal virtual bool ScalesToUnit => false;

    /// <summary>What is done to each batch before it is compared, for instance scaling to unit length.</summary>
    protected virtual Tensor Prepare(Tensor embeddings) => embeddings;

    /// <summary>The matrix of prepared embeddings.</summary>
    protected abstract Tensor Compare(Tensor query, Tensor reference);
}

/// <summary>The input contract of embeddings and their labels.</summary>
static class EmbeddingCheck
{
    /// <summary>Refuses everything but (N, D) numbers.</summary>
    public static void Rows(
        Tensor embeddings,
        string loss,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(embeddings))] string name = ""
    )
    {
        InputCheck.Floating(embeddings, loss, name);
        InputCheck.Dimensions(embeddings, 2, "(N, D)", loss, name);
    }

    /// <summary>Refuses reference embeddings of another width or device.</summary>
    public static void Fits(
        Tensor reference,
        Tensor embeddings,
        string loss,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(reference))] string name = "",
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(embeddings))] string expected = ""
    )
    {
        Rows(reference, loss, name);
        InputCheck.SameDevice(reference, embeddings, loss, name, expected);
        InputCheck.Size(reference, 1, embeddings.shape[1], $"the width of {expected}", loss, name);
    }

    /// <summary>Refuses everything but one int64 label for each row.</summary>
    public static void Labels(
        Tensor labels,
        Tensor embeddings,
        string loss,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(labels))] string name = "",
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(embeddings))] string of = ""
    )
    {
        InputCheck.Indices(labels, loss, name);
        InputCheck.Dimensions(labels, 1, "(N)", loss, name);
        InputCheck.SameDevice(labels, embeddings, loss, name, of);
        InputCheck.Size(labels, 0, embeddings.shape[0], $"the rows of {of}", loss, name);
    }

    /// <summary>Refuses what is no labelled batch, with or without a labelled reference batch.</summary>
    public static void Run(Tensor embeddings, Tensor labels, Tensor? ref_emb, Tensor? ref_labels, string loss)
    {
        Rows(embeddings, loss);
        Labels(labels, embeddings, loss);
        if (ref_emb is null != ref_labels is null)
        {
            var missing = ref_emb is null ? nameof(ref_emb) : nameof(ref_labels);
            throw new ArgumentException($"{loss}: ref_emb and ref_labels belong together; {missing} is null.", missing);
        }

        if (ref_emb is not null)
        {
            Fits(ref_emb, embeddings, loss);
            Labels(ref_labels!, ref_emb, loss);
        }
    }
}
