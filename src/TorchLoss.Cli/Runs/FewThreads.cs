namespace TorchLoss.Cli.Runs;

/// <summary>
/// While it lives, torch runs on one thread if the work of an update is small: threads that wait for each other then cost many times
/// more than they bring. One thread also makes such runs the same on machines with any number of cores.
/// </summary>
sealed class FewThreads : IDisposable
{
    const long Small = 1 << 24;

    readonly int _before = get_num_threads();

    /// <summary>Looks at the work.</summary>
    /// <param name="products">How many products the forward pass of an update takes.</param>
    /// <param name="asked">The number of threads that was asked for.</param>
    public FewThreads(long products, int? asked = null)
    {
        if (asked is not null || products < Small)
        {
            set_num_threads(asked ?? 1);
        }
    }

    public void Dispose() => set_num_threads(_before);
}
