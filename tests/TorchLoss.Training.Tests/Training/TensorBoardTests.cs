using System.Buffers.Binary;
using System.Text;

namespace TorchLoss.Training.Tests;

public sealed class TensorBoardTests
{
    /// <summary>One event as this reader, which shares no code with the writer, finds it.</summary>
    sealed record Event(long Step, string? Version, bool IsStart, string? Tag, float Value);

    [Fact]
    public void The_check_sum_is_that_of_the_published_vectors()
    {
        // RFC 3720, appendix B.4: CRC-32C of 32 zeros is 0x8a9136aa; of the digits 1 to 9 it is 0xe3069283.
        Assert.Equal(Masked(0x8a9136aa), EventFile.MaskedSum(new byte[32]));
        Assert.Equal(Masked(0xe3069283), EventFile.MaskedSum("123456789"u8));
    }

    [Fact]
    public void Scalars_of_all_epochs_can_be_read_and_a_resumed_run_voids_what_came_after_its_checkpoint()
    {
        using var folder = new TemporaryFolder();
        using (var log = new TensorBoardLog(folder.Path, 2))
        using (var first = new TestRun(TestRun.Options(12), "adamw", log))
        {
            first.Fit();
            Checkpoint.Save(System.IO.Path.Combine(folder.Path, "last"), first.Trainer);
        }
        using var second = new TensorBoardLog(folder.Path, 2);
        using var run = new TestRun(null, "adamw", second);
        Checkpoint.Load(folder.File("last"), run.Trainer);
        var history = run.Fit().History;
        string[] files = [.. Directory.GetFiles(folder.Path, "events.out.tfevents.*").Order(StringComparer.Ordinal)];
        Assert.Equal(2, files.Length);
        var before = Read(files[0]);
        var after = Read(files[1]);
        Assert.All([before, after], events => Assert.Equal("brain.Event:2", events[0].Version));
        Assert.Equal((true, 13L), (after[1].IsStart, after[1].Step));
        var losses = before.Concat(after).Where(e => e.Tag == "loss/train");
        Assert.Equal(history.Select(r => (r.Step, (float)r.TrainLoss)), losses.Select(e => (e.Step, e.Value)));
        Assert.Equal(
            history.Skip(2).Select(r => (float)r.Metrics["accuracy"]),
            after.Where(e => e.Tag == "metrics/accuracy").Select(e => e.Value)
        );
        Assert.Equal([2, 4, 6, 8, 10, 12], before.Where(e => e.Tag == "batch/loss").Select(e => e.Step));
    }

    static uint Masked(uint sum) => ((sum >> 15) | (sum << 17)) + 0xa282ead8;

    static List<Event> Read(string path)
    {
        var events = new List<Event>();
        var bytes = File.ReadAllBytes(path).AsSpan();
        while (!bytes.IsEmpty)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            Assert.Equal(EventFile.MaskedSum(bytes[..8]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
            var data = bytes.Slice(12, length);
            Assert.Equal(EventFile.MaskedSum(data), BinaryPrimitives.ReadUInt32LittleEndian(bytes[(12 + length)..]));
            events.Add(Parse(data));
            bytes = bytes[(16 + length)..];
        }
        return events;
    }

    static Event Parse(ReadOnlySpan<byte> data)
    {
        var fields = Fields(data);
        var summary = fields.TryGetValue(5, out var s) ? Fields(Fields(s)[1]) : [];
        return new(
            BitConverter.ToInt64(fields[2]),
            fields.TryGetValue(3, out var version) ? Encoding.UTF8.GetString(version) : null,
            fields.TryGetValue(7, out var log) && BitConverter.ToInt64(Fields(log)[1]) == 1,
            summary.TryGetValue(1, out var tag) ? Encoding.UTF8.GetString(tag) : null,
            summary.TryGetValue(2, out var value) ? BitConverter.ToSingle(value) : 0
        );
    }

    static Dictionary<int, byte[]> Fields(ReadOnlySpan<byte> data)
    {
        var fields = new Dictionary<int, byte[]>();
        while (!data.IsEmpty)
        {
            var key = Varint(ref data);
            var size = (key & 7) switch
            {
                1 => 8,
                5 => 4,
                2 => (int)Varint(ref data),
                _ => 0,
            };
            fields[(int)(key >> 3)] =
                size > 0 || (key & 7) == 2 ? data[..size].ToArray() : BitConverter.GetBytes(Varint(ref data));
            data = data[size..];
        }
        return fields;
    }

    static long Varint(ref ReadOnlySpan<byte> data)
    {
        var (value, shift) = (0L, 0);
        while (true)
        {
            var next = data[0];
            data = data[1..];
            value |= (long)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
            shift += 7;
        }
    }
}
