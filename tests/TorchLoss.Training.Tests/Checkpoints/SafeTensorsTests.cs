using System.Buffers.Binary;
using System.Text;

namespace TorchLoss.Training.Tests;

public sealed class SafeTensorsTests
{
    static byte[] File(string header, int data = 0)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        return bytes;
    }

    static Dictionary<string, Tensor> Read(byte[] bytes) => SafeTensors.Read(new MemoryStream(bytes), "t.safetensors");

    static string Entry(string name, string type, string shape, string offsets) =>
        $$"""
            "{{name}}":{"dtype":"{{type}}","shape":[{{shape}}],"data_offsets":[{{offsets}}]}
            """;

    static readonly string Two = $"{{{Entry("a", "F32", "2", "0,8")},{Entry("b", "U8", "3", "8,11")}}}";

    [Fact]
    public void Every_type_comes_back_bit_for_bit()
    {
        var tensors = SafeTensors.Types.Values.ToDictionary(
            type => type.Type.ToString(),
            type => (randn(3, 4) * 3).to(type.Type)
        );
        tensors["scalar"] = tensor(1.5);
        tensors["empty"] = empty(0, 7);
        tensors["transposed"] = arange(12).view(3, 4).t();
        using var stream = new MemoryStream();
        SafeTensors.Write(stream, tensors);
        var back = Read(stream.ToArray());
        Assert.Equal(tensors.Keys.Order(), back.Keys.Order());
        foreach (var (name, value) in tensors)
        {
            Assert.Equal(value.shape, back[name].shape);
            Assert.Equal(value.dtype, back[name].dtype);
            Assert.Equal(value.contiguous().bytes.ToArray(), back[name].bytes.ToArray());
        }
    }

    [Fact]
    public void Reads_what_the_specification_allows()
    {
        var metadata = """{"__metadata__":{"format":"pt"},""" + Two[1..] + "   ";
        Assert.Equal(["a", "b"], Read(File(metadata, 11)).Keys);
        Assert.Empty(Read(File("{}")));
    }

    public static TheoryData<string, int> Forged =>
        new()
        {
            { Two, 10 },
            { Two, 12 },
            { $"{{{Entry("a", "F32", "2", "0,8")},{Entry("b", "U8", "3", "7,10")}}}", 10 },
            { $"{{{Entry("a", "F32", "2", "0,8")},{Entry("b", "U8", "3", "9,12")}}}", 12 },
            { $"{{{Entry("a", "F32", "2", "0,8")},{Entry("a", "U8", "3", "8,11")}}}", 11 },
            { $"{{{Entry("a", "F8", "8", "0,8")}}}", 8 },
            { $"{{{Entry("a", "F32", "-2", "0,8")}}}", 8 },
            { $"{{{Entry("a", "F32", "2", "8,0")}}}", 8 },
            { $"{{{Entry("a", "F32", "2", "-8,0")}}}", 8 },
            { $"{{{Entry("a", "F32", "2", "0")}}}", 8 },
            { $"{{{Entry("a", "F32", "2", "0,8,9")}}}", 8 },
            { $"{{{Entry("a", "F32", "2.5", "0,8")}}}", 8 },
            { $"{{{Entry("a", "F32", "4611686018427387904,4", "0,0")}}}", 0 },
            { $"{{{Entry("a", "F32", "0,4611686018427387904,4611686018427387904", "0,0")}}}", 0 },
            { $"{{{Entry("a", "F32", "99999999999999999999", "0,8")}}}", 8 },
            { $"{{{Entry("a", "F32", "1000000000000", "0,4000000000000")}}}", 8 },
            { $"{{{Entry("a", "U8", string.Join(',', Enumerable.Repeat("1", 65)), "0,1")}}}", 1 },
            { """{"a":{"dtype":"F32","shape":[2]}}""", 8 },
            { """{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8 },
            { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"extra":1}}""", 8 },
            { """{"a":{"dtype":5,"shape":[2],"data_offsets":[0,8]}}""", 8 },
            { """{"a":[1,2,3]}""", 8 },
            { """{"a":null}""", 8 },
            { """{"__metadata__":{"a":1}}""", 0 },
            { """{"__metadata__":[]}""", 0 },
            { "[]", 0 },
            { " {}", 0 },
            { "{", 0 },
            { "", 0 },
            { "{\"a\":" + new string('[', 5000) + new string(']', 5000) + "}", 0 },
            { string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "1" + new string('}', 5000), 0 },
        };

    [Theory]
    [MemberData(nameof(Forged))]
    public void Refuses_what_does_not_fit(string header, int data) =>
        Assert.Throws<CheckpointException>(() => Read(File(header, data)));

    [Fact]
    public void Refuses_forged_lengths()
    {
        foreach (var length in new[] { -1L, long.MinValue, long.MaxValue, 100_000_001, 50 })
        {
            var bytes = File(Two, 11);
            BinaryPrimitives.WriteInt64LittleEndian(bytes, length == 50 ? bytes.Length - 7 : length);
            Assert.Throws<CheckpointException>(() => Read(bytes));
        }
        Assert.Throws<CheckpointException>(() => Read([1, 2, 3]));
        Assert.Throws<CheckpointException>(() => Read([]));
        Assert.Throws<CheckpointException>(() => SafeTensors.Load("/no/such/file"));
        var truth = File($"{{{Entry("a", "BOOL", "2", "0,2")}}}", 2);
        truth[^1] = 7;
        Assert.Throws<CheckpointException>(() => Read(truth));
    }

    [Fact]
    public void Survives_mutants()
    {
        var bytes = File(Two, 11);
        for (var seed = 0; seed < 5000; seed++)
        {
            var random = new Random(seed);
            var mutant = (byte[])bytes.Clone();
            for (var i = random.Next(1, 4); i > 0; i--)
                mutant[random.Next(mutant.Length)] ^= (byte)(1 << random.Next(8));
            if (random.Next(3) == 0)
                mutant = mutant[..random.Next(mutant.Length)];
            try
            {
                foreach (var value in Read(mutant).Values)
                    value.Dispose();
            }
            catch (CheckpointException) { }
        }
    }
}
