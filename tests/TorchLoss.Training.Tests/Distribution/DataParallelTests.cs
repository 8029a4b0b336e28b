using System.Globalization;

namespace TorchLoss.Training.Tests.Distribution;

/// <summary>Training in several processes is training in one.</summary>
public sealed class DataParallelTests
{
    const double Tolerance = 1e-12;

    static string Probe =>
        Program(Path.Combine("tests", "TorchLoss.Distributed.Probe"), "TorchLoss.Distributed.Probe.dll");

    public static TheoryData<string, int> Launches
    {
        get
        {
            var launches = new TheoryData<string, int>();
            foreach (var launcher in Launcher.All)
            {
                launches.Add(launcher, 2);
            }

            if (Launcher.All.Count > 0)
            {
                launches.Add(Launcher.All[0], 4);
            }
            else
            {
                launches.Add("none", 0);
            }

            return launches;
        }
    }

    [MpiTheory]
    [MemberData(nameof(Launches))]
    public void Several_processes_train_the_model_of_one(string launcher, int processes)
    {
        var alone = Lines(launcher, 1);
        var together = Lines(launcher, processes);

        Assert.Equal(alone.Count * processes, together.Count);
        foreach (var (name, _, sum, loss) in alone)
        {
            var ranks = together.Where(line => line.Name == name).ToList();
            Assert.Equal(Enumerable.Range(0, processes), ranks.Select(r => r.Rank).Order());
            Assert.Single(ranks.Select(r => r.Sum).Distinct()); // the same bits everywhere
            Assert.True(
                Math.Abs(ranks[0].Sum - sum) <= Tolerance * Math.Abs(sum),
                $"{name}: {ranks[0].Sum:R} and {sum:R}"
            );
            Assert.True(
                Math.Abs(ranks[0].Loss - loss) <= Tolerance * Math.Abs(loss),
                $"{name}: {ranks[0].Loss:R} and {loss:R}"
            );
        }
    }

    [MpiTheory]
    [MemberData(nameof(Launches))]
    public void A_process_that_fails_ends_the_others(string launcher, int processes)
    {
        var (code, output, _) = Launcher.Run(launcher, processes, Probe, "fail");

        Assert.Contains("failing", output, StringComparison.Ordinal);
        Assert.NotEqual(0, code);
    }

    static List<(string Name, int Rank, double Sum, double Loss)> Lines(string launcher, int processes)
    {
        var (code, output, error) = Launcher.Run(launcher, processes, Probe);
        Assert.True(code == 0, $"exit code {code}: {error}");
        return
        [
            .. output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(" | "))
                .Where(cells => cells.Length == 4)
                .Select(cells =>
                    (cells[0], int.Parse(cells[1], CultureInfo.InvariantCulture), Number(cells[2]), Number(cells[3]))
                ),
        ];
    }

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    static string Program(string project, string file) =>
        Path.Combine(
            AppContext.BaseDirectory.Replace(Path.Combine("tests", "TorchLoss.Training.Tests"), project),
            file
        );
}
