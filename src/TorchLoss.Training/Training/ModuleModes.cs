namespace TorchLoss.Training;

/// <summary>Whether modules train or are measured, each of their parts for itself; put back on disposal.</summary>
internal sealed class ModuleModes : IDisposable
{
    readonly (nn.Module Module, bool Training)[] _modes;

    public ModuleModes(params IEnumerable<nn.Module?> roots) =>
        _modes = [.. roots.OfType<nn.Module>().SelectMany(All).Select(module => (module, module.training))];

    /// <summary>Parents come before their parts, so that what is set on a parent does not last for its parts.</summary>
    public void Dispose()
    {
        foreach (var (module, training) in _modes)
            module.train(training);
    }

    static IEnumerable<nn.Module> All(nn.Module module) => module.children().SelectMany(All).Prepend(module);
}
