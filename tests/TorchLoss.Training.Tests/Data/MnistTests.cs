namespace TorchLoss.Training.Tests;

public sealed class MnistTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    string Images => _folder.File("train-images-idx3-ubyte");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "raw")]
    [InlineData(true, "MNIST/raw")]
    public void Digits_written_in_its_files_are_the_same_again(bool packed, string below)
    {
        var digits = DigitFiles.Read(300);
        var folder = Path.Combine(_folder.Path, below);
        DigitFiles.WriteIdx(folder, "train", digits[..200], packed);
        Assert.Null(Mnist.Load(_folder.Path).Given);
        DigitFiles.WriteIdx(folder, "t10k", digits[200..], packed);
        var data = Mnist.Load(_folder.Path);
        Assert.Equal(new ImageForm(1, 8, 8), data.Form);
        DigitFiles.Same(digits, DigitFiles.Read(data));
        using var task = data.Prepare();
        Assert.Equal((200, 100), (task.Train.Count, task.Validation.Count));
        Assert.True(Mnist.IsAt(Path.Combine(folder, "train-images-idx3-ubyte" + (packed ? ".gz" : ""))));
        Assert.Equal(data.Fingerprint, DataSource.Open(_folder.Path).Fingerprint);
    }

    [Fact]
    public void It_can_be_learnt()
    {
        DigitFiles.WriteIdx(_folder.Path, "train", DigitFiles.Read());
        using var task = Mnist.Load(_folder.Path).Prepare();
        using var model = ImageModels.Classifier(task.Form, 10, filters: 8);
        using var loss = nn.CrossEntropyLoss();
        var options = new TrainerOptions { Epochs = 4, Metrics = task.Metrics };
        using var trainer = new Trainer(model, loss, Optimizers.Factory("adamw", 2e-3), options);
        var result = trainer.Fit(task.Train, task.Validation);
        Assert.True(result.History[^1].Value("accuracy") > 0.95, $"{result.History[^1].Value("accuracy")}");
    }

    [Fact]
    public void Damaged_and_forged_files_are_refused()
    {
        DigitFiles.WriteIdx(_folder.Path, "train", DigitFiles.Read(20));
        var whole = File.ReadAllBytes(Images);
        void Refused(byte[] bytes, string reason)
        {
            File.WriteAllBytes(Images, bytes);
            var error = Assert.Throws<DataFileException>(() => Mnist.Load(_folder.Path));
            Assert.Contains(reason, error.Message);
            Assert.Contains("train-", error.Message);
        }
        Refused([], "break off");
        Refused(whole[..7], "break off");
        Refused(whole[..^1], "break off");
        Refused([.. whole, 0], "holds more");
        Refused([.. DigitFiles.Header(0x801, 20, 8, 8), .. whole[16..]], "begins with 00000801");
        Refused([.. DigitFiles.Header(0xD03, 20, 8, 8), .. whole[16..]], "begins with 00000d03");
        Refused([.. DigitFiles.Header(0x803, -20, 8, 8), .. whole[16..]], "does not");
        Refused([.. DigitFiles.Header(0x803, 0, 8, 8)], "does not");
        Refused([.. DigitFiles.Header(0x803, int.MaxValue, int.MaxValue, int.MaxValue), .. whole[16..]], "does not");
        Refused([.. DigitFiles.Header(0x803, 5, 8, 8), .. whole[16..(16 + 5 * 64)]], "20 labels for 5 images");
        File.Delete(Images);
        byte[] forged = [.. DigitFiles.Header(0x803, 1_000_000, 28, 28), .. whole[16..]];
        DigitFiles.Write(Images, forged, packed: true);
        Assert.Contains("does not", Assert.Throws<DataFileException>(() => Mnist.Load(_folder.Path)).Message);
        DigitFiles.Write(Images, whole, packed: true);
        Assert.Equal(20, Mnist.Load(_folder.Path).Count);
        var zip = File.ReadAllBytes(Images + ".gz");
        File.WriteAllBytes(Images + ".gz", zip[..(zip.Length / 2)]);
        Assert.Throws<DataFileException>(() => Mnist.Load(_folder.Path));
    }

    [Fact]
    public void Parts_that_do_not_belong_together_are_refused()
    {
        var digits = DigitFiles.Read(40);
        DigitFiles.WriteIdx(_folder.Path, "train", [.. digits[..20].Where(digit => digit.Label < 5)]);
        DigitFiles.WriteIdx(_folder.Path, "t10k", digits[20..]);
        Assert.Contains("never learnt", Assert.Throws<DataFileException>(() => Mnist.Load(_folder.Path)).Message);
        File.Delete(_folder.File("t10k-labels-idx1-ubyte"));
        Assert.Contains("t10k-labels", Assert.Throws<DataFileException>(() => Mnist.Load(_folder.Path)).Message);
        Assert.False(Mnist.IsAt(_folder.File("nothing")));
    }
}
