namespace TorchLoss.Tests.Kernels;

/// <summary>The vector widths that this machine can run.</summary>
static class TestWidths
{
    public static IEnumerable<SimdWidth> All => Enum.GetValues<SimdWidth>().Where(width => width <= Simd.Widest);

    /// <summary>Runs a check at every width; tests that use it must not run beside others that read the width.</summary>
    public static void Each(Action<SimdWidth> check)
    {
        try
        {
            foreach (var width in All)
            {
                Simd.Width = width;
                check(width);
            }
        }
        finally
        {
            Simd.Width = Simd.Widest;
        }
    }
}

/// <summary>Tests that change process-wide settings (vector width, threads) or count live tensors run one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessWide
{
    public const string Name = "process-wide";
}
