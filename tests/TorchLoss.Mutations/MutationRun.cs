using System.Diagnostics;

namespace TorchLoss.Mutations;

/// <summary>What became of a spoilt file.</summary>
public enum Outcome
{
    /// <summary>It was refused with the one exception that says so.</summary>
    Refused,

    /// <summary>It was read, and holds what the file held before.</summary>
    Equal,

    /// <summary>It was read, and is a sound file with other content (no sum protects it).</summary>
    Other,
}

/// <summary>Something that is read from files.</summary>
interface ISubject : IDisposable
{
    /// <summary>What it is called.</summary>
    string Name { get; }

    /// <summary>Spoils a file and reads it. Throws where the reader does anything else than an <see cref="Outcome"/> says.</summary>
    (string How, Outcome Outcome) Try(Random random);
}

/// <summary>Spoils checkpoints, tables, case files and images in many ways and reads them.</summary>
public static class MutationRun
{
    const int MostShown = 8;

    static readonly TimeSpan _tooLong = TimeSpan.FromSeconds(5);

    /// <summary>Runs mutations in turn over all kinds of files.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Decides what is done to them.</param>
    /// <param name="starts">Told before each, so that a crash or a hang can be repeated.</param>
    /// <returns>How often which file had which outcome.</returns>
    /// <exception cref="InvalidOperationException">A reader failed; the message tells which mutations.</exception>
    public static IReadOnlyDictionary<(string Subject, Outcome Outcome), int> Run(
        int count,
        int seed,
        Action<string>? starts = null
    )
    {
        ISubject[] subjects =
        [
            new CheckpointSubject(),
            new TableSubject(),
            new CaseSubject(),
            new ImageSubject(isIdx: false),
            new ImageSubject(isIdx: true),
        ];
        var counts = new Dictionary<(string, Outcome), int>();
        var failures = new List<string>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                var subject = subjects[i % subjects.Length];
                var name = $"{subject.Name}, mutation {i} of seed {seed}";
                starts?.Invoke(name);
                try
                {
                    var key = (subject.Name, One(subject, HashCode(seed, i)));
                    counts[key] = counts.GetValueOrDefault(key) + 1;
                }
                catch (Exception e)
                {
                    failures.Add($"{name}: {e}");
                }
            }
        }
        finally
        {
            foreach (var subject in subjects)
                subject.Dispose();
        }
        return failures.Count == 0
            ? counts
            : throw new InvalidOperationException(
                $"{failures.Count} failures, such as:\n{string.Join("\n\n", failures.Take(MostShown))}"
            );
    }

    static Outcome One(ISubject subject, int seed)
    {
        var clock = Stopwatch.StartNew();
        var outcome = subject.Try(new Random(seed)).Outcome;
        return clock.Elapsed < _tooLong ? outcome : throw new TimeoutException($"took {clock.Elapsed}");
    }

    /// <summary>A seed for each mutation, the same on every machine, so that one can be repeated alone.</summary>
    static int HashCode(int seed, int i) => unchecked((seed * 16777619) ^ (i * 486187739));
}
