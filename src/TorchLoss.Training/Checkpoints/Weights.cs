namespace TorchLoss.Training;

/// <summary>Copies saved tensors into a module, all of them or none.</summary>
internal static class Weights
{
    /// <summary>Why tensors cannot be put into a module; null where they can.</summary>
    public static string? Misfit(nn.Module module, IReadOnlyDictionary<string, Tensor> saved)
    {
        var own = module.state_dict();
        foreach (var (name, value) in own)
        {
            if (!saved.TryGetValue(name, out var other))
                return $"'{name}' is missing";
            if (!value.shape.SequenceEqual(other.shape) || value.dtype != other.dtype)
                return $"'{name}' is {LossFunction.Describe(other)}, but the model has {LossFunction.Describe(value)}";
        }
        return saved.Keys.FirstOrDefault(name => !own.ContainsKey(name)) is { } stranger
            ? $"'{stranger}' is no part of the model"
            : null;
    }

    public static void Restore(nn.Module module, IReadOnlyDictionary<string, Tensor> saved)
    {
        using var quiet = no_grad();
        foreach (var (name, value) in module.state_dict())
            value.copy_(saved[name]);
    }

    /// <summary>A copy that later training does not change.</summary>
    public static Dictionary<string, Tensor> Copy(nn.Module module) => Copy(module.state_dict(), module);

    /// <summary>A copy of tensors that fit a module, on its devices.</summary>
    public static Dictionary<string, Tensor> Copy(IReadOnlyDictionary<string, Tensor> tensors, nn.Module module)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        return module
            .state_dict()
            .ToDictionary(
                pair => pair.Key,
                pair => tensors[pair.Key].detach().to(pair.Value.device, copy: true).DetachFromDisposeScope()
            );
    }

    public static void Dispose(IReadOnlyDictionary<string, Tensor>? tensors)
    {
        foreach (var value in tensors?.Values ?? [])
            value.Dispose();
    }
}
