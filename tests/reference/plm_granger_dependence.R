# Wrote the plm numbers in granger_grunfeld.json and dependence_grunfeld.json
# (R 4.2.2, plm 2.6.2); the JSON files hold the statistics, p-values and Chisq columns.
library(plm)
data("Grunfeld", package = "plm")
pg <- pdata.frame(Grunfeld, index = c("firm", "year"))
pairs <- c("inv~value", "inv~capital", "capital~inv", "capital~value")
for (order in 1:3) for (formula in pairs) for (test in c("Wbar", "Zbar", "Ztilde")) {
  h <- pgrangertest(as.formula(formula), data = pg, order = order, test = test)
  print(c(h$statistic, p = h$p.value), digits = 15)
  if (test == "Ztilde") print(h$indgranger$Chisq, digits = 15)
}
for (test in c("cd", "rho", "absrho")) {
  print(pcdtest(plm(inv ~ value + capital, pg, model = "within", effect = "twoways"), test = test))
  print(pcdtest(plm(inv ~ value + capital, pg, model = "within"), test = test))
  print(pcdtest(plm(inv ~ value + capital, pg, model = "pooling"), test = test))
  print(pcdtest(inv ~ value + capital, data = pg, test = test))
  print(pcdtest(pg$inv, test = test))
}
