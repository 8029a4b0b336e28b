namespace TorchLoss;

/// <summary>Makes one gradient of the gradients of several tasks, which may pull in different directions.</summary>
public abstract class GradientBalancer : Part
{
    /// <summary>The combined gradient.</summary>
    /// <param name="grads">The gradient of each task by the shared parameters, (K, D).</param>
    /// <returns>(D), without gradient.</returns>
    public Tensor Direction(Tensor grads) => Tensors.Scoped(() => Combine(Check(grads)));

    /// <inheritdoc/>
    public override Tensor Run(TensorArguments inputs) => Direction(inputs.Need("grads", GetType().Name));

    /// <summary>The combined gradient of checked ones.</summary>
    private protected abstract Tensor Combine(Tensor grads);

    private protected Tensor Check(Tensor grads)
    {
        var name = GetType().Name;
        InputCheck.Live(grads, name, nameof(grads));
        InputCheck.Floating(grads, name);
        InputCheck.Dimensions(grads, 2, "(num_tasks, D)", name);
        return grads.shape[0] > 0
            ? grads.detach().Upcast()
            : throw new ArgumentException($"{name}: grads (num_tasks, D) must have at least one task.", nameof(grads));
    }

    /// <summary>The products of all pairs of gradients, as plain numbers: the problems over them are as small as there are tasks.</summary>
    private protected static double[,] Products(Tensor grads)
    {
        var exact = grads.to(ScalarType.Float64);
        using var products = exact.mm(exact.t()).cpu().contiguous();
        var values = products.data<double>().ToArray();
        var count = (int)grads.shape[0];
        var matrix = new double[count, count];
        Buffer.BlockCopy(values, 0, matrix, 0, values.Length * sizeof(double));
        return matrix;
    }

    /// <summary>Σ_k w_k g_k.</summary>
    private protected static Tensor Sum(Tensor grads, double[] weights) =>
        ToTensor(weights, grads).unsqueeze(0).mm(grads).squeeze(0);

    private protected static Tensor ToTensor(double[] weights, Tensor like) =>
        tensor(weights).to(like.dtype).to(like.device);
}

/// <summary>A balancer whose gradient is a weighted sum of the tasks' gradients.</summary>
public abstract class GradientWeighting : GradientBalancer
{
    /// <summary>The weight of each task.</summary>
    /// <param name="grads">The gradient of each task by the shared parameters, (K, D).</param>
    /// <param name="losses">The loss of each task, (K), where the balancer asks for them.</param>
    /// <returns>(K), without gradient.</returns>
    public Tensor Weights(Tensor grads, Tensor? losses = null)
    {
        InputCheck.LiveOrNull(losses, GetType().Name, nameof(losses));
        if (losses is not null)
        {
            InputCheck.Live(grads, GetType().Name, nameof(grads));
            InputCheck.Dimensions(losses, 1, "(num_tasks)", GetType().Name);
            InputCheck.Dimensions(grads, 2, "(num_tasks, D)", GetType().Name);
            InputCheck.Size(losses, 0, grads.shape[0], "as in grads", GetType().Name);
        }

        return Tensors.Scoped(() => ToTensor(Weigh(Check(grads), losses), grads));
    }

    /// <inheritdoc/>
    public override Tensor Run(TensorArguments inputs) =>
        Weights(inputs.Need("grads", GetType().Name), inputs.Find("losses"));

    private protected override Tensor Combine(Tensor grads) => Sum(grads, Weigh(grads, null));

    private protected abstract double[] Weigh(Tensor grads, Tensor? losses);
}
