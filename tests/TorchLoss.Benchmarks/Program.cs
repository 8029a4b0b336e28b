using TorchLoss.Benchmarks;

// dotnet run -c Release -- [loops|pointwise|tiny|soak|softmax|options|memory|linear|pairs|alignment|bandwidth|trainer] [threads] [elements]
// dotnet run -c Release -- soak [threads] [steps] [losses...]
var what = args.Length > 0 ? args[0] : "all";
set_num_threads(args.Length > 1 ? int.Parse(args[1]) : Math.Min(2, Environment.ProcessorCount));
random.manual_seed(1);
Console.WriteLine(Machine.Description);
if (what is "loops" or "all")
{
    KernelBenchmarks.Loops();
}

if (what is "pointwise" or "all")
{
    long[] counts = args.Length > 2 ? [long.Parse(args[2])] : [320, 1 << 16, 4 << 20];
    foreach (var count in counts)
    {
        KernelBenchmarks.Pointwise(count);
    }
}

if (what is "soak")
{
    return Soak.Run(args.Length > 2 ? int.Parse(args[2]) : 100_000, args.Length > 3 ? args[3..] : []) ? 0 : 1;
}

if (what is "bandwidth" or "all")
{
    KernelBenchmarks.Bandwidth(args.Length > 2 ? long.Parse(args[2]) : 16 << 20);
}

if (what is "alignment" or "all")
{
    Alignments.Run(8, 32, 2);
    Alignments.Run(8, 32, 32);
}

if (what is "trainer")
{
    LoopOverhead.Run(args.Length > 2 ? int.Parse(args[2]) : 15);
    ReadingAhead.Run();
}

if (what is "tiny" or "all")
{
    KernelBenchmarks.Tiny(32, 10);
    KernelBenchmarks.Tiny(65536);
}

if (what is "softmax" or "all")
{
    KernelBenchmarks.Softmax(32, 10);
    KernelBenchmarks.Softmax(4096, 1000);
    KernelBenchmarks.Softmax(512, 32000);
    KernelBenchmarks.Softmax(4, 21, 256, 256);
}

if (what is "options" or "all")
{
    KernelBenchmarks.Options(4096, 1024);
}

if (what is "memory" or "all")
{
    KernelBenchmarks.Memory(16 << 20);
}

if (what is "linear" or "all")
{
    KernelBenchmarks.Linear(2048, 512, 32000);
}

if (what is "pairs" or "all")
{
    KernelBenchmarks.Contrast(1024, 128);
    KernelBenchmarks.Contrast(4096, 128);
    KernelBenchmarks.Pairs(8192, 128);
}

return 0;
