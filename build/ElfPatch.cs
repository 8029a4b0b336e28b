// Makes a COPY of TorchSharp's libLibTorchSharp.so loadable on Linux distributions whose libstdc++ is older than GCC 13
// (Debian 12, Ubuntu 22.04, RHEL 9). The library needs GLIBCXX_3.4.32 for one symbol only, std::ios_base_library_init(),
// which older libstdc++ runs on its own. The copy gets (1) the version need renamed to one the library already needs,
// (2) the symbol redirected to std::chrono::steady_clock::now(), a no-argument function without side effects.
// Nothing but 20 bytes of the dynamic symbol tables changes; a library that does not need the patch is copied as it is.
using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

public class PatchLibTorchSharp : Task
{
    [Required]
    public string Source { get; set; }

    [Required]
    public string Destination { get; set; }

    public override bool Execute()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        var b = File.ReadAllBytes(Source);
        string what = ElfPatch.Apply(b);
        File.WriteAllBytes(Destination, b);
        Log.LogMessage(MessageImportance.Normal, "TorchLoss: " + what + ": " + Destination);
        return true;
    }
}

public static class ElfPatch
{
    const string Missing = "GLIBCXX_3.4.32",
        Have = "GLIBCXX_3.4.30",
        Init = "_ZSt21ios_base_library_initv",
        Harmless = "_ZNSt6chrono3_V212steady_clock3nowEv";

    public static string Apply(byte[] b)
    {
        if (b.Length < 64 || b[0] != 0x7f || b[1] != 'E' || b[4] != 2)
            return "not a 64-bit ELF file, copied as it is";
        long sh = BitConverter.ToInt64(b, 0x28);
        int size = BitConverter.ToUInt16(b, 0x3A),
            n = BitConverter.ToUInt16(b, 0x3C);
        long dynsym = 0,
            dynsymSize = 0,
            dynstr = 0,
            versym = 0,
            verneed = 0;
        for (int i = 0; i < n; i++)
        {
            int s = (int)sh + i * size;
            uint type = BitConverter.ToUInt32(b, s + 4);
            long off = BitConverter.ToInt64(b, s + 24);
            if (type == 11)
            {
                dynsym = off;
                dynsymSize = BitConverter.ToInt64(b, s + 32);
                dynstr = BitConverter.ToInt64(b, (int)sh + (int)BitConverter.ToUInt32(b, s + 40) * size + 24);
            }
            else if (type == 0x6fffffff)
                versym = off;
            else if (type == 0x6ffffffe)
                verneed = off;
        }
        if (dynsym == 0 || versym == 0 || verneed == 0)
            return "no versioned symbols, copied as it is";
        string Name(uint o)
        {
            int p = (int)dynstr + (int)o,
                e = p;
            while (b[e] != 0)
                e++;
            return Encoding.ASCII.GetString(b, p, e - p);
        }
        long init = -1,
            harmless = -1;
        for (long i = 0; i < dynsymSize / 24; i++)
        {
            var name = Name(BitConverter.ToUInt32(b, (int)(dynsym + i * 24)));
            if (name == Init)
                init = i;
            else if (name == Harmless)
                harmless = i;
        }
        long missing = -1,
            have = -1;
        for (long off = verneed; ; )
        {
            long aux = off + BitConverter.ToUInt32(b, (int)off + 8);
            for (int c = BitConverter.ToUInt16(b, (int)off + 2); c > 0; c--)
            {
                var v = Name(BitConverter.ToUInt32(b, (int)aux + 8));
                if (v == Missing)
                    missing = aux;
                else if (v == Have)
                    have = aux;
                aux += BitConverter.ToUInt32(b, (int)aux + 12);
            }
            uint next = BitConverter.ToUInt32(b, (int)off + 12);
            if (next == 0)
                break;
            off += next;
        }
        if (missing < 0)
            return "needs no patch, copied as it is";
        if (init < 0 || harmless < 0 || have < 0)
            throw new InvalidOperationException("libLibTorchSharp.so is not the build this patch knows");
        // any OTHER symbol that needs the missing version would make the patch wrong: refuse
        ushort idx = BitConverter.ToUInt16(b, (int)missing + 6);
        for (long i = 0; i < dynsymSize / 24; i++)
            if (i != init && BitConverter.ToUInt16(b, (int)(versym + i * 2)) == idx)
                throw new InvalidOperationException("another symbol needs " + Missing);
        Buffer.BlockCopy(b, (int)(dynsym + harmless * 24), b, (int)(dynsym + init * 24), 4);
        Buffer.BlockCopy(b, (int)(versym + harmless * 2), b, (int)(versym + init * 2), 2);
        Buffer.BlockCopy(b, (int)have, b, (int)missing, 4);
        Buffer.BlockCopy(b, (int)have + 8, b, (int)missing + 8, 4);
        return "patched for libstdc++ older than GCC 13";
    }
}
