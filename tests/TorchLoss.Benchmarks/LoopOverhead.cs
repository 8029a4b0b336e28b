using System.Diagnostics;
using TorchLoss.Training;

namespace TorchLoss.Benchmarks;

/// <summary>What the trainer costs beside a loop that a user writes by hand: digits, a small network, batches of 64.</summary>
static class LoopOverhead
{
    const int BatchSize = 64;
    const double Rate = 1e-3;

    /// <summary>Times both in pairs, in alternating order, and prints the median of the ratios.</summary>
    public static void Run(int pairs, int epochs = 10)
    {
        var source = DataSource.Open("digits");
        using var task = TabularTask.Prepare(source.Table, new() { Target = source.DefaultTarget });
        ByTrainer(task, 2);
        ByHand(task, 2);
        var ratios = new List<double>();
        for (var i = 0; i < pairs; i++)
        {
            var first = i % 2 == 0 ? ByTrainer(task, epochs) : ByHand(task, epochs);
            var second = i % 2 == 0 ? ByHand(task, epochs) : ByTrainer(task, epochs);
            var (trainer, hand) = i % 2 == 0 ? (first, second) : (second, first);
            ratios.Add(trainer / hand);
            Console.WriteLine(
                $"trainer {trainer * 1e6, 7:F1} us, by hand {hand * 1e6, 7:F1} us an update: {ratios[^1]:F3}"
            );
        }
        ratios.Sort();
        var median = (ratios[pairs / 2] + ratios[(pairs - 1) / 2]) / 2;
        Console.WriteLine(
            $"median of the ratios: {median:F3}, half of them between {ratios[pairs / 4]:F3} and {ratios[3 * pairs / 4]:F3}"
        );
    }

    static double ByTrainer(TabularTask task, int epochs)
    {
        using var model = Model(task);
        using var loss = nn.CrossEntropyLoss();
        var options = new TrainerOptions { Epochs = epochs, BatchSize = BatchSize };
        using var trainer = new Trainer(model, loss, p => optim.AdamW(p, Rate), options);
        var clock = Stopwatch.StartNew();
        trainer.Fit(task.Train);
        return clock.Elapsed.TotalSeconds / trainer.Position.Step;
    }

    static double ByHand(TabularTask task, int epochs)
    {
        using var model = Model(task);
        using var loss = nn.CrossEntropyLoss();
        using var optimizer = optim.AdamW(model.parameters(), Rate);
        var clock = Stopwatch.StartNew();
        var updates = 0;
        model.train();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            using var order = randperm(task.Train.Count, dtype: ScalarType.Int64);
            var sum = 0.0;
            for (var start = 0; start < task.Train.Count; start += BatchSize, updates++)
            {
                using var scope = NewDisposeScope();
                var rows = order.narrow(0, start, Math.Min(BatchSize, task.Train.Count - start));
                var value = loss.call(
                    model.call(task.Train.Inputs.index_select(0, rows)),
                    task.Train.Targets.index_select(0, rows)
                );
                optimizer.zero_grad();
                value.backward();
                optimizer.step();
                sum += value.ToDouble();
            }
        }
        return clock.Elapsed.TotalSeconds / updates;
    }

    static nn.Module<Tensor, Tensor> Model(TabularTask task) =>
        Models.Mlp(task.Inputs, task.Outputs, [128], 0.1, seed: 1);
}
