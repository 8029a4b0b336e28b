namespace TorchLoss.Tests.Catalogue;

/// <summary>Central differences against autograd, first and second order, in float64.</summary>
/// <remarks>
/// It goes through <c>autograd.backward</c>: an error in <c>autograd.grad</c> kills the process instead of throwing.
/// </remarks>
static class GradCheck
{
    const double Step = 1e-6;
    const long MostNumbers = 61;

    /// <summary>The first difference between the gradient and central differences of the value, in words; null if there is none.</summary>
    public static string? First(
        Func<TensorArguments, Tensor> f,
        TensorArguments inputs,
        double atol = 1e-5,
        double rtol = 1e-4
    )
    {
        using var scope = NewDisposeScope();
        var weights = Cotangent(f(inputs));
        double Value() => Scalar(f, inputs, weights).item<double>();
        var gradients = Gradients(inputs, Scalar(f, inputs, weights), create_graph: false);
        foreach (var (name, tensor) in Samples.Differentiable(inputs))
        {
            if (Compare(name, tensor, gradients[name], Value, atol, rtol) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    /// <summary>The same for the gradient of a random direction's derivative.</summary>
    public static string? Second(
        Func<TensorArguments, Tensor> f,
        TensorArguments inputs,
        double atol = 1e-4,
        double rtol = 1e-3
    )
    {
        using var scope = NewDisposeScope();
        var weights = Cotangent(f(inputs));
        manual_seed(11);
        var directions = Samples
            .Differentiable(inputs)
            .ToDictionary(i => i.Key, i => randn_like(i.Value), StringComparer.Ordinal);
        Tensor Slope()
        {
            var gradients = Gradients(inputs, Scalar(f, inputs, weights), create_graph: true);
            return gradients.Select(g => (g.Value * directions[g.Key]).sum()).Aggregate((a, b) => a + b);
        }

        var slope = Slope();
        if (!slope.requires_grad)
        {
            // piecewise linear: the gradient is constant, and so must the differences be
            return Samples
                .Differentiable(inputs)
                .Select(i => Compare(i.Key, i.Value, zeros_like(i.Value), () => Slope().item<double>(), atol, rtol))
                .FirstOrDefault(w => w is not null);
        }

        var second = Gradients(inputs, slope, create_graph: false);
        return Samples
            .Differentiable(inputs)
            .Select(i => Compare(i.Key, i.Value, second[i.Key], () => Slope().item<double>(), atol, rtol))
            .FirstOrDefault(w => w is not null);
    }

    static Tensor Cotangent(Tensor value)
    {
        manual_seed(7);
        return value.dim() == 0 ? ones_like(value).detach() : (rand_like(value) + 0.5).detach();
    }

    static Tensor Scalar(Func<TensorArguments, Tensor> f, TensorArguments inputs, Tensor weights) =>
        (f(inputs) * weights).sum();

    static Dictionary<string, Tensor> Gradients(TensorArguments inputs, Tensor value, bool create_graph)
    {
        var leaves = Samples.Differentiable(inputs).ToList();
        foreach (var (_, leaf) in leaves)
        {
            leaf.grad = null;
        }

        autograd.backward([value], [ones_like(value)], retain_graph: create_graph, create_graph: create_graph);

        // clone: a zero gradient may be a tensor without memory
        return leaves.ToDictionary(
            l => l.Key,
            l => l.Value.grad is { } g ? (create_graph ? g * 1 : g.clone()) : zeros_like(l.Value),
            StringComparer.Ordinal
        );
    }

    static string? Compare(string name, Tensor input, Tensor gradient, Func<double> value, double atol, double rtol)
    {
        var numbers = input.detach().view(-1);
        var exact = gradient.detach().reshape(-1).clone();

        // images have thousands of numbers; some dozens, evenly spread, tell as much
        var count = numbers.shape[0];
        for (long i = 0; i < count; i += Math.Max(1, count / MostNumbers))
        {
            using var inner = NewDisposeScope();
            var at = numbers[i].item<double>();
            numbers[i] = at + Step;
            var up = value();
            numbers[i] = at - Step;
            var down = value();
            numbers[i] = at;
            var numeric = (up - down) / (2 * Step);
            var analytic = exact[i].item<double>();
            if (!(Math.Abs(numeric - analytic) <= atol + rtol * Math.Abs(numeric)))
            {
                return $"gradient of {name}[{i}] is {analytic:G6}, differences give {numeric:G6}";
            }
        }

        return null;
    }
}
