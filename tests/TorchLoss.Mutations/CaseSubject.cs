using TorchLoss.Verification;

namespace TorchLoss.Mutations;

/// <summary>Reference cases: what can be read is also run.</summary>
sealed class CaseSubject : ISubject
{
    static readonly byte[][] _files =
    [
        """
        {"loss":"FocalLoss","reference":"none","cases":[
        {"name":"mean","params":{"alpha":0.25,"gamma":2.0,"reduction":"mean"},"rtol":1e-7,"atol":1e-9,"inputs":[
        {"name":"input","dtype":"float64","shape":[2,3],"data":[0.5,-1.0,2.0,"inf",0.0,-3.5]},
        {"name":"target","dtype":"float64","shape":[2,3],"data":[1,0,1,0,0.5,1]}],
        "expected":{"value":{"shape":[],"data":[0.25]},"grads":{"input":{"shape":[2,3],"data":[0.1,0.2,0.3,0,0,0]}}}},
        {"name":"none","params":{"reduction":"none"},"rtol":1e-7,"atol":1e-9,"inputs":[
        {"name":"input","dtype":"float32","shape":[1],"data":[0.5]},
        {"name":"target","dtype":"float32","shape":[1],"data":[1]}],
        "expected":{"value":{"shape":[1],"data":[0.25]}}}]}
        """u8.ToArray(),
        """
        {"loss":"CrossEntropyLoss","reference":"none","cases":[
        {"name":"labels","params":{"ignore_index":-100,"label_smoothing":0.1},"rtol":1e-7,"atol":1e-9,"inputs":[
        {"name":"input","dtype":"float64","shape":[2,3],"data":[0.5,-1.0,2.0,1.5,0.0,-3.5]},
        {"name":"target","dtype":"int64","shape":[2],"data":[2,-100]}],
        "expected":{"value":{"shape":[],"data":[0.25]},"grads":{"input":{"shape":[2,3],"data":[0.1,0.2,0.3,0,0,0]}}}}]}
        """u8.ToArray(),
    ];

    public string Name => "case file";

    public (string How, Outcome Outcome) Try(Random random)
    {
        var original = _files[random.Next(_files.Length)];
        var (how, bytes) = Mutation.Apply(original, random);
        try
        {
            var file = CaseFile.Read(new MemoryStream(bytes), "cases.json");
            CaseRunner.Run(file, "cases.json");
            return (how, bytes.AsSpan().SequenceEqual(original) ? Outcome.Equal : Outcome.Other);
        }
        catch (CaseFileException)
        {
            return (how, Outcome.Refused);
        }
    }

    public void Dispose() { }
}
