Console.WriteLine("torchloss");
